//! Whether PDFs can be made: the program, and a Chinese font.

use super::{Finding, ok, warning};
use crate::platform::{
    Config,
    paper::{Printer, Trouble},
};

/// A paper is really made.
pub async fn papers(config: &Config) -> Finding {
    judged(fonts(config).await)
}

/// Which fonts papers are set in, or why there are none.
pub(in crate::operations) async fn fonts(config: &Config) -> Result<String, Trouble> {
    Printer::found(config)?.check().await
}

fn judged(fonts: Result<String, Trouble>) -> Finding {
    match fonts {
        Ok(names) => ok("papers", format!("PDFs are set in {names}")),
        Err(trouble) => warning("papers", format!("no PDF can be made: {trouble}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::check::Level;

    #[test]
    fn what_is_missing_is_named() {
        let told = |trouble| judged(Err(trouble));
        assert_eq!(told(Trouble::Missing).level, Level::Warning);
        assert!(told(Trouble::Missing).found.contains("STARBRIDGE_PAPER_PROGRAM"));
        assert!(told(Trouble::Fonts).found.contains("apt-get install fonts-noto-cjk"));
        assert_eq!(judged(Ok("Noto Sans CJK SC".to_owned())).level, Level::Ok);
    }
}
