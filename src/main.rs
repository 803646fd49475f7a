//! The `starbridge` binary.

use std::process::ExitCode;

use rust_embed::Embed;
use starbridge::cli::Cli;

/// What people read. A debug build reads the files when it starts; embedded here and not in the library, because a
/// changed word then compiles nothing but this.
#[derive(Embed)]
#[folder = "locales"]
struct Locales;

fn main() -> ExitCode {
    // Whatever is written is for the owner alone, however the program was started.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    let files = Locales::iter().filter_map(|name| {
        let text = String::from_utf8_lossy(&Locales::get(&name)?.data).into_owned();
        Some((name.into_owned(), text))
    });
    Cli::main(files)
}
