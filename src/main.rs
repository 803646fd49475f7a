//! The `starbridge` binary.

use std::process::ExitCode;

use starbridge::cli::Cli;

fn main() -> ExitCode {
    // Whatever is written is for the owner alone, however the program was started.
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    Cli::main()
}
