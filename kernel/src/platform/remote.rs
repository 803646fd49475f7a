//! Network addresses: where a request comes from, past the proxies that are trusted, and what counts as one address.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use ipnet::IpNet;

use super::config::Config;

/// The client's address. What stands in `X-Forwarded-For` counts only as far as trusted proxies wrote it: from the right,
/// past `proxy_hops` of them, or past every one whose address is listed. Whatever is empty, malformed or missing there falls back to
/// the address that the connection itself comes from.
pub fn client<'a>(
    config: &Config,
    direct: Option<IpAddr>,
    forwarded: impl DoubleEndedIterator<Item = &'a str>,
) -> Option<IpAddr> {
    let direct = direct.map(|address| address.to_canonical());
    if !config.trust_proxy {
        return direct;
    }
    let listed = |address: IpAddr| config.proxies.iter().any(|net: &IpNet| net.contains(&address));
    if !config.proxies.is_empty() && !direct.is_some_and(listed) {
        return direct;
    }
    let mut hops = forwarded.flat_map(|header| header.split(',')).rev().map(parse);
    let mut client = hops.nth(usize::from(config.proxy_hops.max(1)) - 1).flatten();
    while let Some(proxy) = client.filter(|address| listed(*address)) {
        // A proxy of ours that names nobody before it is itself the client.
        match hops.next() {
            Some(before) => client = before,
            None => return Some(proxy),
        }
    }
    client.or(direct)
}

/// An address as proxies write it: alone, in brackets, with a port.
fn parse(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(text);
    let address = bare.parse().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

/// What counts as one address: an IPv4 address, or the /64 that one IPv6 customer has to himself. What is no address (a
/// request that did not come through the network) counts together.
pub fn block(address: &str) -> String {
    match address.parse().map(|address: IpAddr| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => address.to_string(),
        Ok(IpAddr::V6(address)) => {
            let network = Ipv6Addr::from_bits(address.to_bits() >> 64 << 64);
            format!("{network}/64")
        }
        Err(_) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(clap::Parser)]
    struct Flags {
        #[command(flatten)]
        config: Config,
    }

    fn config(flags: &[&str]) -> Config {
        use clap::Parser as _;
        Flags::parse_from(["test"].iter().chain(flags)).config
    }

    fn told(config: &Config, headers: &[&str]) -> String {
        let direct = "::ffff:10.0.0.9".parse().ok();
        client(config, direct, headers.iter().copied()).map_or(String::new(), |a| a.to_string())
    }

    #[test]
    fn nobody_names_their_own_address() {
        let alone = config(&[]);
        assert_eq!(told(&alone, &["203.0.113.7"]), "10.0.0.9");
        let one = config(&["--trust-proxy", "true"]);
        for (headers, address) in [
            (&["203.0.113.7"][..], "203.0.113.7"),
            (&["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
            (&["1.1.1.1", "203.0.113.7"], "203.0.113.7"),
            (&["203.0.113.7:4711"], "203.0.113.7"),
            (&["[2001:db8::7]:4711"], "2001:db8::7"),
            (&["[2001:db8::7]"], "2001:db8::7"),
            (&["::ffff:203.0.113.7"], "203.0.113.7"),
            (&[""], "10.0.0.9"),
            (&["203.0.113.7,"], "10.0.0.9"),
            (&["unknown"], "10.0.0.9"),
            (&["203.0.113.7; DROP TABLE"], "10.0.0.9"),
            (&[], "10.0.0.9"),
        ] {
            assert_eq!(told(&one, headers), address, "{headers:?}");
        }
    }

    #[test]
    fn several_proxies_are_passed_by_number_or_by_address() {
        let two = config(&["--trust-proxy", "true", "--proxy-hops", "2"]);
        assert_eq!(told(&two, &["1.1.1.1, 203.0.113.7, 10.0.0.1"]), "203.0.113.7");
        assert_eq!(told(&two, &["10.0.0.1"]), "10.0.0.9", "fewer than there should be");
        let listed = config(&["--trust-proxy", "true", "--proxies", "10.0.0.0/8,fd00::/8"]);
        assert_eq!(
            told(&listed, &["1.1.1.1, 203.0.113.7, 10.0.0.1, fd00::1"]),
            "203.0.113.7"
        );
        assert_eq!(told(&listed, &["10.0.0.5, 10.0.0.1"]), "10.0.0.5", "somebody inside");
        assert_eq!(told(&listed, &["203.0.113.7, nonsense, 10.0.0.1"]), "10.0.0.9");
        let elsewhere = config(&["--trust-proxy", "true", "--proxies", "192.0.2.1/32"]);
        assert_eq!(
            told(&elsewhere, &["203.0.113.7"]),
            "10.0.0.9",
            "somebody who went past the proxy"
        );
    }

    #[test]
    fn one_customer_is_one_address() {
        assert_eq!(block("203.0.113.7"), "203.0.113.7");
        assert_eq!(block("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(block("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(block("2001:db8:1:2::1"), block("2001:db8:1:2:ffff::"));
        assert_ne!(block("2001:db8:1:2::1"), block("2001:db8:1:3::1"));
        assert_eq!(block(""), "");
        assert_eq!(block("no address"), "");
    }
}
