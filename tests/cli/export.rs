//! `bursar export`: the text of every format. That other programs read it is the concern of `outside_tools.rs`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn hledger() {
    assert_snapshot!(Env::small().run("export hledger").ok().show(), @"");
}

#[test]
fn ledger_differs_in_its_directives_only() {
    let env = Env::small();
    let entries = |format: &str| {
        let text = env.run(&format!("export {format}")).ok().stdout;
        text[text.find("\n\n").unwrap()..].to_owned()
    };
    assert_eq!(entries("hledger"), entries("ledger"));
    let text = env.run("export ledger").ok().show();
    assert_snapshot!(text.split("\n\n").next().unwrap(), @"");
}

#[test]
fn beancount() {
    assert_snapshot!(Env::small().run("export beancount").ok().show(), @"");
}

#[test]
fn csv() {
    assert_snapshot!(Env::small().run("export csv").ok().show(), @"");
}

#[test]
fn empty_books() {
    let env = Env::begun();
    let session = env.session(
        "export hledger
         export ledger
         export beancount
         export csv",
    );
    assert_snapshot!(session, @"");
}
