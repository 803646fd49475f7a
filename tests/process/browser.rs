//! Somebody with a browser: keeps cookies, opens pages, submits forms. Blocking, for threads.

use std::time::Duration;

/// Somebody with a browser.
pub(crate) struct Browser {
    agent: ureq::Agent,
    address: String,
    cookies: Vec<(String, String)>,
    /// The network address that a proxy would tell.
    pub(crate) from: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) location: Option<String>,
    /// The server is busy, and says when to ask again.
    pub(crate) again_after: Option<Duration>,
    pub(crate) text: String,
}

impl Reply {
    /// The value of the first field with this name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let (_, rest) = self.text.split_once(&format!("name=\"{name}\""))?;
        let (tag, _) = rest.split_once('>')?;
        let (_, value) = tag.split_once("value=\"")?;
        value.split_once('"').map(|(value, _)| value)
    }
}

impl Browser {
    pub(crate) fn new(address: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(90)))
            .build()
            .into();
        Self {
            agent,
            address: address.to_owned(),
            cookies: Vec::new(),
            from: None,
        }
    }

    /// The same person, after the server came back at another address.
    pub(crate) fn moves_to(&mut self, address: &str) {
        address.clone_into(&mut self.address);
    }

    /// Sign in through the page.
    pub(crate) fn sign_in(&mut self, user_name: &str, password: &str) {
        let reply = self
            .post("/sign-in", &[("user_name", user_name), ("password", password)])
            .unwrap();
        assert_eq!(reply.status, 303, "{user_name} cannot sign in: {}", reply.text);
    }

    /// Open a page. No answer at all is an error.
    pub(crate) fn get(&mut self, path: &str) -> Result<Reply, ureq::Error> {
        let mut request = self.agent.get(format!("http://{}{path}", self.address));
        for (name, value) in self.headers() {
            request = request.header(name, value);
        }
        let answer = request.call()?;
        self.read(answer)
    }

    /// Submit a form.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Reply, ureq::Error> {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let mut request = self
            .agent
            .post(format!("http://{}{path}", self.address))
            .header("content-type", "application/x-www-form-urlencoded");
        for (name, value) in self.headers() {
            request = request.header(name, value);
        }
        let answer = request.send(body)?;
        self.read(answer)
    }

    fn headers(&self) -> Vec<(&'static str, String)> {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut headers = vec![("sec-fetch-site", "same-origin".to_owned())];
        if !cookies.is_empty() {
            headers.push(("cookie", cookies.join("; ")));
        }
        headers.extend(self.from.clone().map(|from| ("x-forwarded-for", from)));
        headers
    }

    fn read(&mut self, mut answer: ureq::http::Response<ureq::Body>) -> Result<Reply, ureq::Error> {
        for set in answer.headers().get_all("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let busy = (answer.status() == 503).then(|| header("retry-after")).flatten();
        Ok(Reply {
            status: answer.status().as_u16(),
            location: header("location").map(str::to_owned),
            again_after: busy.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs),
            text: String::from_utf8_lossy(&answer.body_mut().with_config().limit(50_000_000).read_to_vec()?)
                .into_owned(),
        })
    }
}
