//! Policies: those that come with the program, comparison, explanation, stress, solving, simulation, forecasts, plans.

use insta::assert_snapshot;
use serde_json::Value;

use super::common::Env;

const CAMP: &str = "camp.toml";

/// A plan of a small event, with speakers who enter free, a caterer by the head, and a speaker's policy of its own.
fn camp() -> Env {
    let env = Env::new();
    env.write(
        CAMP,
        r#"
name = "Camp"
currency = "EUR"
first_day = "2027-05-01"
last_day = "2027-05-02"
in_force = "speakers-free"
fee = "0.03"
aid_pool = "200"

[[ticket]]
code = "early"
price = "80"
tier = "individual"

[[ticket]]
code = "regular"
price = "100"
tier = "individual"

[[admission]]
ticket = "early"
number = 20

[[admission]]
ticket = "regular"
number = 30

[[admission]]
ticket = "regular"
number = 10
role = "speaker"
payer = "waiver"

[[sponsorship]]
amount = "1000"
number = 2

[[contract]]
what = "Catering"
account = "5040"
per_head = "30"
minimum = 40

[[cost]]
what = "Hall"
account = "5010"
amount = "2200"

[[cost]]
what = "Travel grants"
account = "5310"
amount = "150"
"#,
    );
    env.write(
        "mine.toml",
        r#"
name = "mine"
title = "Everyone pays; some speakers would not come, some need aid"

[pays]
speaker = { how = "full" }

[behaviour.stay_away]
speaker = { low = "0", likely = "0.2", high = "0.4" }

[aid]
pool = "200"
need = { speaker = "0.1" }

[per_head.speaker]
travel = "20"

[prices]
regular = "10"

[surplus]
given = "0.1"
to = "a school"
"#,
    );
    env
}

fn shown(env: &Env, command: &str) -> String {
    env.run(command).show()
}

#[test]
fn the_policies_that_come_with_the_program() {
    assert_snapshot!(shown(&Env::new(), "policy list"), @"");
}

#[test]
fn a_policy_as_a_file_is_a_policy_again() {
    let env = Env::new();
    let policies: Value = serde_json::from_str(&env.run("policy list --format json").ok().stdout).unwrap();
    let rows = policies["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 8);
    for row in rows {
        let name = row["key"].as_str().unwrap();
        env.write("copy.toml", env.run(&format!("policy show {name}")).ok().stdout);
        let said = env.run("policy check copy.toml").ok().stdout;
        assert!(said.starts_with(&format!("{name} is a policy: ")), "{said}");
    }
}

#[test]
fn what_a_policy_takes_for_granted() {
    assert_snapshot!(shown(&camp(), "policy check mine.toml"), @"");
    assert_snapshot!(shown(&camp(), "policy check everyone-pays"), @"");
}

#[test]
fn two_policies() {
    assert_snapshot!(shown(&camp(), "what-if --plan camp.toml --policy speakers-free --policy mine.toml"), @"");
}

#[test]
fn four_policies() {
    let command = "what-if --plan camp.toml --policy speakers-free --policy everyone-pays --policy speaker-discount \
                   --policy food-only";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn other_dips_and_who_stays_away() {
    let command = "what-if --plan camp.toml --policy everyone-pays --stay-away speaker=30% --marginal-cost 35 \
                   --attendance 50% --sponsorship 0.5 --seed 7";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn documents_behind_a_row() {
    let command = "what-if --plan camp.toml --policy speakers-free --policy mine.toml --explain registration";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn an_average_explained() {
    let command = "what-if --plan camp.toml --policy speakers-free --explain pays-attendee-individual";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn formula_behind_a_row() {
    let command = "what-if --plan camp.toml --policy mine.toml --explain result";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn a_difference_explained() {
    let command = "what-if --plan camp.toml --policy speakers-free --policy mine.toml --explain cost-to-result";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn every_row_can_be_explained() {
    let env = camp();
    let command = "what-if --plan camp.toml --policy speakers-free --policy mine.toml --format json";
    let page: Value = serde_json::from_str(&env.run(command).ok().stdout).unwrap();
    let page = page.as_array().map_or(&page, |pages| &pages[0]);
    let rows = page["rows"].as_array().unwrap();
    let keys: Vec<&str> = rows.iter().map(|row| row["key"].as_str().unwrap()).collect();
    let once: std::collections::BTreeSet<&str> = keys.iter().copied().collect();
    assert_eq!(keys.len(), once.len(), "a key stands twice: {keys:?}");
    for row in rows.iter().filter(|row| row["kind"] != "heading") {
        let said = env.run(&format!("{command} --explain {}", row["key"].as_str().unwrap())).ok().stdout;
        let pages: Value = serde_json::from_str(&said).unwrap();
        let pages = pages.as_array().cloned().unwrap_or_else(|| vec![pages]);
        let figures: Vec<&Value> =
            pages.iter().map(|page| &page["rows"].as_array().unwrap().last().unwrap()["cells"][2]).collect();
        let cells: Vec<&Value> = row["cells"].as_array().unwrap().iter().collect();
        // Of both policies, or of their difference.
        assert!(figures == cells[..2] || figures == cells[2..], "{}: {figures:?} {cells:?}", row["key"]);
    }
}

#[test]
fn under_stress() {
    let command = "policy stress --plan camp.toml --policy mine.toml --deepest 40% --called-off 2027-04-01";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn how_few_may_come() {
    assert_snapshot!(shown(&camp(), "policy solve --plan camp.toml --policy everyone-pays --for attendance"), @"");
}

#[test]
fn how_little_sponsors_may_give() {
    let command = "policy solve --plan camp.toml --policy everyone-pays --for sponsorship --target 500.00";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn what_tickets_have_to_cost() {
    let command = "policy solve --plan camp.toml --policy speakers-free --for price --unchanged-from everyone-pays \
                   --ticket regular";
    assert_snapshot!(shown(&camp(), command), @"");
    let command = "policy solve --plan camp.toml --policy everyone-pays --for price";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn what_speakers_have_to_pay() {
    let command = "policy solve --plan camp.toml --policy speakers-free --for speaker-price --target 1,400.00";
    assert_snapshot!(shown(&camp(), command), @"");
    let command = "policy solve --plan camp.toml --policy speakers-free --for speaker-price";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn how_much_aid_can_be_given() {
    let command = "policy solve --plan camp.toml --policy everyone-pays --for aid-pool --attendance 10% \
                   --sponsorship 10%";
    assert_snapshot!(shown(&camp(), command), @"");
}

#[test]
fn how_it_may_come_out() {
    let command = "policy simulate --plan camp.toml --policy speakers-free --policy mine.toml --draws 1000 --seed 3";
    assert_snapshot!(shown(&camp(), command), @"");
    assert_eq!(shown(&camp(), command), shown(&camp(), command), "the same seed, the same draws");
}

#[test]
fn an_event_as_it_was_published() {
    let env = Env::new();
    env.fixture("policies/pytennessee-2014.toml");
    assert_snapshot!(shown(&env, "what-if --plan pytennessee-2014.toml --policy everyone-pays"), @"");
}

#[test]
fn an_event_before_it_is_held() {
    let env = Env::conference();
    for line in [
        "ticket add strict26 pass --name Pass --kind admission --price 100.00",
        "event add next26 --name Next --first-day 2026-04-01 --last-day 2026-04-02",
        "ticket add next26 ticket --name Ticket --kind admission --price 100.00",
        "event add last25 --name Last --first-day 2025-04-01 --last-day 2025-04-02",
        "ticket add last25 ticket --name Ticket --kind admission --price 90.00",
        "order add l1 --event last25 --party Ada --item ticket --date 2025-01-02 --paid 90.00",
        "order add l2 --event last25 --party Bo --item ticket --date 2025-03-02 --paid 90.00",
        "event hold last25",
        "order add n1 --event next26 --party Ada --item ticket --date 2026-01-10 --paid 100.00 --fee 3.00",
        "contract add food --vendor 'Harbour Hall' --event next26 --account 5040 --per-head 20.00 --date 2026-01-11",
        "budget add next26 plan --line 5010=50.00",
    ] {
        env.run(line).ok();
    }
    let command = "what-if next26 --like last25 --as-of 2026-01-15 --policy everyone-pays";
    assert_snapshot!(shown(&env, command).replace(&env.head(), "HEAD"), @"");
}

#[test]
fn what_cannot_be_read_on_the_command_line() {
    let env = camp();
    for (command, says) in [
        ("policy stress --plan camp.toml --policy mine.toml --attendance 101%", "`101%` is not a share"),
        ("what-if --plan camp.toml --policy mine.toml --sponsorship 35", "`35` is not a share"),
        ("what-if --plan camp.toml pyex26 --policy mine.toml", "cannot be used with"),
        ("what-if --policy mine.toml", "required"),
        ("what-if --plan camp.toml", "--policy <NAME or FILE>"),
        ("what-if pyex26 --as-of 2026-01-01 --policy mine.toml", "--like <EVENT>"),
        ("policy solve --plan camp.toml --policy mine.toml", "--for <WHAT>"),
        ("policy simulate --plan camp.toml --policy mine.toml --draws 5", "100..=1000000"),
        (
            "policy solve --plan camp.toml --policy mine.toml --for price --target 1 --unchanged-from food-only",
            "cannot be used with",
        ),
    ] {
        let output = env.run(command);
        assert_eq!(output.code, 2, "{command}: {}", output.show());
        assert!(output.stderr.contains(says), "{command}: {}", output.show());
    }
}

#[test]
fn every_page_in_every_format() {
    let env = camp();
    for (command, pages) in [
        ("policy list", 1),
        ("what-if --plan camp.toml --policy speakers-free --policy mine.toml", 1),
        ("what-if --plan camp.toml --policy speakers-free --policy mine.toml --explain registration", 2),
        ("policy stress --plan camp.toml --policy mine.toml", 2),
        ("policy solve --plan camp.toml --policy mine.toml --for attendance", 1),
        ("policy simulate --plan camp.toml --policy speakers-free --policy mine.toml --draws 100", 3),
    ] {
        let json = env.run(&format!("{command} --format json")).ok().stdout;
        let json: Value = serde_json::from_str(&json).unwrap();
        match pages {
            1 => assert!(json["schema"] == 1 && json["rows"].is_array(), "{command}: {json}"),
            _ => assert!(json.as_array().is_some_and(|all| all.len() == pages), "{command}: {json}"),
        }
        let html = env.run(&format!("{command} --format html")).ok().stdout;
        for (tag, number) in [("<html", 1), ("</html>", 1), ("<!DOCTYPE", 1), ("<table", pages)] {
            assert_eq!(html.to_lowercase().matches(&tag.to_lowercase()).count(), number, "{command}: {tag}");
        }
        for format in ["csv", "md"] {
            assert!(!env.run(&format!("{command} --format {format}")).ok().stdout.is_empty(), "{command}");
        }
    }
}
