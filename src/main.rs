//! The `starbridge` binary.

use std::process::ExitCode;

use clap::Parser;
use starbridge::cli::Cli;

fn main() -> ExitCode {
    Cli::parse().run()
}
