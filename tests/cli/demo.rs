//! `bursar demo`.

use insta::assert_snapshot;

use crate::common::Env;

#[test]
fn it_shows_what_the_board_sees_twice() {
    let env = Env::new();
    let first = env.run("demo --dir look").ok().show();
    assert_snapshot!(first, @"");
    let head = env.run("verify --book look/bursar.db").ok().stdout;
    assert_eq!(env.run("demo --dir look").ok().show(), first, "a second run makes nothing new");
    assert_eq!(env.run("verify --book look/bursar.db").ok().stdout, head);
}

#[test]
fn what_it_says_to_try_next_works() {
    let env = Env::new();
    let shown = env.run("demo").ok().stdout;
    let mut tried = 0;
    for line in shown.lines().filter_map(|line| line.strip_prefix("  bursar ")) {
        env.run(&format!("{line} --book bursar-demo/bursar.db")).ok();
        tried += 1;
    }
    assert!(tried >= 6, "{shown}");
}

#[test]
fn it_is_whole_or_not_there() {
    let env = Env::new();
    env.write("bursar-demo", "in the way");
    assert_snapshot!(env.run("demo").show(), @"");
}
