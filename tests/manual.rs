//! The help, the man pages and the completions: every command has them, and every command's help shows an example.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::collections::BTreeSet;

use assert_cmd::Command;

fn bursar(args: &[&str]) -> std::process::Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
    command.env_clear().env("COLUMNS", "400").env("NO_COLOR", "1").args(args);
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Names under `Commands:` in a help text: those that stand two spaces in.
fn subcommands(help: &str) -> Vec<String> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = listed.filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Every command as the words that call it, with its help.
fn commands() -> Vec<(Vec<String>, String)> {
    let mut found = Vec::new();
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    while let Some(words) = open.pop() {
        let mut args: Vec<&str> = words.iter().map(String::as_str).collect();
        args.push("--help");
        let output = bursar(&args);
        assert_eq!(output.status.code(), Some(0), "bursar {}", args.join(" "));
        let help = text(&output.stdout);
        open.extend(subcommands(&help).into_iter().map(|name| [words.clone(), vec![name]].concat()));
        found.push((words, help));
    }
    found
}

#[test]
fn every_help_shows_an_example() {
    let commands = commands();
    assert!(commands.len() > 30, "only {} commands were found", commands.len());
    for (words, help) in &commands {
        let call = ["bursar".to_owned()].iter().chain(words).cloned().collect::<Vec<_>>().join(" ");
        // The help of a noun lists its verbs, and theirs show the examples.
        if words.is_empty() || subcommands(help).is_empty() {
            assert!(help.contains("Example"), "`{call} --help` shows no example:\n{help}");
            assert!(help.contains(&call), "`{call} --help` does not show how it is called:\n{help}");
        }
        assert!(!help.contains('\t') && !help.contains('\u{1b}'), "`{call} --help` is not plain text");
    }
}

#[test]
fn examples_in_the_help_are_understood() {
    // clap checks arguments before it looks at the books, so a wrong example exits 2.
    for (words, help) in commands() {
        let examples = help.lines().skip_while(|line| !line.starts_with("Example")).skip(1);
        for line in examples.map(str::trim) {
            let whole = !line.contains(['"', '\'', '\\', '|', '>', '&', '$', '~']);
            let Some(args) = line.strip_prefix("bursar ").filter(|_| whole) else { continue };
            let args: Vec<&str> = args.split("  ").next().unwrap_or_default().split_whitespace().collect();
            if !args.starts_with(&words.iter().map(String::as_str).collect::<Vec<_>>()) || args == ["demo"] {
                continue;
            }
            if matches!(args[0], "init" | "demo" | "man" | "completions") {
                continue;
            }
            let folder = tempfile::tempdir().expect("a folder");
            let mut command = Command::new(env!("CARGO_BIN_EXE_bursar"));
            let output = command.env_clear().current_dir(folder.path()).args(&args).output().expect("it runs");
            let error = text(&output.stderr);
            assert_ne!(output.status.code(), Some(2), "`{line}` of the help is not understood:\n{error}");
        }
    }
}

#[test]
fn there_is_a_man_page_for_every_command() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("man1");
    let output = bursar(&["man", "--dir", target.to_str().expect("a plain path")]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let pages: BTreeSet<String> = std::fs::read_dir(&target)
        .expect("the folder was made")
        .map(|item| item.expect("a file").file_name().into_string().expect("UTF-8"))
        .collect();
    let name =
        |words: &[String]| ["bursar".to_owned()].iter().chain(words).cloned().collect::<Vec<_>>().join("-") + ".1";
    let expected: BTreeSet<String> = commands().iter().map(|(words, _)| name(words)).collect();
    assert_eq!(pages, expected);
    for page in &pages {
        let roff = std::fs::read_to_string(target.join(page)).expect("a page");
        assert!(roff.contains(".TH") && roff.contains(".SH"), "{page} is no man page");
    }
}

#[test]
fn shells_have_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let output = bursar(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0), "{shell}");
        assert!(text(&output.stdout).contains("bursar"), "{shell}");
    }
    assert_eq!(bursar(&["completions", "sh"]).status.code(), Some(2));
}

#[test]
fn an_unknown_command_is_told_the_nearest() {
    // what is typed, what is suggested
    for (typed, nearest) in [
        (&["verfy"][..], "'verify'"),
        (&["imprt"], "'import'"),
        (&["entry", "revrse"], "'reverse'"),
        (&["acount"], "'account'"),
    ] {
        let output = bursar(typed);
        assert_eq!(output.status.code(), Some(2), "{typed:?}");
        let error = text(&output.stderr);
        assert!(error.contains(nearest), "{typed:?} is answered with:\n{error}");
    }
}
