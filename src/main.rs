//! The command `bursar`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
