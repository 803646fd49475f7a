//! A server that is asked to stop says so before it does: whoever spreads the requests has time to turn to the others.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    thread::sleep,
    time::Duration,
};

use super::{
    ALONE,
    process::{self, Browser, Place},
};

/// Seconds that it answers on.
const DRAIN: u64 = 3;

/// One request over a connection that the client would keep; everything that comes back until the server closes it.
fn ask(address: &str, path: &str) -> std::io::Result<String> {
    let mut connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(Duration::from_secs(20)))?;
    connection.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    Ok(answer)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_not_ready_before_it_stops() {
    let _alone = ALONE.lock().await;
    let mut place = Place::new(process::postgres().as_deref()).await;
    place.run(&["demo", "--children", "30"]);
    place.settings.push(("STARBRIDGE_DRAIN_SECONDS", DRAIN.to_string()));
    let program = place.serve();
    let address = program.address.clone();
    let mut probe = Browser::new(&address);
    assert_eq!(probe.get("/health/ready").unwrap().status, 200);

    program.ask_to_stop();
    let asked = process::now();
    while probe.get("/health/ready").unwrap().status == 200 {
        assert!(
            asked.elapsed() < Duration::from_secs(1),
            "ready for a second after SIGTERM"
        );
        sleep(Duration::from_millis(10));
    }
    // It is alive, it serves, and no connection stays open that could close under the next form.
    assert_eq!(probe.get("/health/live").unwrap().status, 200);
    let page = ask(&address, "/sign-in").unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.to_ascii_lowercase().contains("connection: close"), "{page}");
    while asked.elapsed() + Duration::from_millis(500) < Duration::from_secs(DRAIN) {
        assert_eq!(probe.get("/sign-in").unwrap().status, 200);
        sleep(Duration::from_millis(50));
    }

    let ended = program.end();
    assert!(ended.success(), "{ended}: {}", place.last_words());
    assert!(asked.elapsed() >= Duration::from_secs(DRAIN));
    assert!(ask(&address, "/health/live").is_err(), "it still listens");
    place.remove().await;
}
