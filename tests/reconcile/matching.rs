//! Matching as a table. A line or entry is `DAY:AMOUNT`, with `#REFERENCE`, `'words` (what the line says, or what would
//! name the entry) and `~N` (the entry takes back the N-th). An answer is `lines=entries` with the reason's first
//! letter, `?lines=entries` for a question, `L` and `E` for what is left.

use bursar::calendar::Date;
use bursar::ledger::EntryNo;
use bursar::reconcile::{How, Item, Limits, Line, Matching, match_up};

struct Parsed {
    day: u32,
    amount: i64,
    references: Vec<String>,
    words: Vec<String>,
    reverses: Option<i64>,
}

fn parsed(text: &str) -> Parsed {
    let end = text.find(['#', '\'', '~']).unwrap_or(text.len());
    let (day, amount) = text[..end].split_once(':').unwrap();
    let mut one = Parsed {
        day: day.parse().unwrap(),
        amount: amount.parse().unwrap(),
        references: Vec::new(),
        words: Vec::new(),
        reverses: None,
    };
    let mut rest = &text[end..];
    while let Some(sign) = rest.chars().next() {
        let end = rest[1..].find(['#', '\'', '~']).map_or(rest.len(), |end| end + 1);
        let value = rest[1..end].to_owned();
        match sign {
            '#' => one.references.push(value),
            '\'' => one.words.push(value),
            _ => one.reverses = Some(value.parse().unwrap()),
        }
        rest = &rest[end..];
    }
    one
}

fn date(day: u32) -> Date {
    Date::from_ymd(2026, 1, day).unwrap()
}

fn matched(lines: &str, items: &str) -> (Matching, usize, usize) {
    let lines: Vec<Line> = lines
        .split_whitespace()
        .map(parsed)
        .map(|p| Line {
            date: date(p.day),
            amount: p.amount,
            references: p.references,
            words: format!(" {} ", p.words.join(" ")),
        })
        .collect();
    let items: Vec<Item> = items
        .split_whitespace()
        .map(parsed)
        .enumerate()
        .map(|(i, p)| Item {
            entry: EntryNo(i64::try_from(i).unwrap()),
            date: date(p.day),
            amount: p.amount,
            reference: p.references.into_iter().next(),
            clues: p.words,
            reverses: p.reverses.map(EntryNo),
        })
        .collect();
    let found = match_up(&lines, &items, Limits::default());
    assert_eq!(found, match_up(&lines, &items, Limits::default()), "the same input gives the same answer");
    (found, lines.len(), items.len())
}

fn answer(lines: &str, items: &str) -> String {
    let (found, ..) = matched(lines, items);
    let list = |places: &[usize]| places.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let mut parts: Vec<String> = found
        .matches
        .iter()
        .map(|one| {
            let how = match one.how {
                How::Reference => 'r',
                How::Named => 'n',
                How::Amount => 'a',
                How::Set => 's',
                How::Sum => 'm',
                How::Reversed => 'x',
                How::Decided => 'd',
            };
            format!("{}={}{how}", list(&one.lines), list(&one.items))
        })
        .collect();
    parts.sort();
    let asked: Vec<usize> = found.questions.iter().flat_map(|question| question.items.clone()).collect();
    parts.extend(found.questions.iter().map(|one| format!("?{}={}", list(&one.lines), list(&one.items))));
    parts.extend(found.lines.iter().map(|line| format!("L{line}")));
    parts.extend(found.items.iter().filter(|item| !asked.contains(item)).map(|item| format!("E{item}")));
    parts.join(" ")
}

macro_rules! table {
    ($($name:ident: $lines:literal | $items:literal => $expected:literal;)+) => {
        $(#[test] fn $name() { assert_eq!(answer($lines, $items), $expected); })+
    };
}

table! {
    nothing: "" | "" => "";
    one_and_one: "5:300" | "4:300" => "0=0a";
    another_amount: "5:300" | "4:301" => "L0 E0";
    the_other_sign: "5:300" | "4:-300" => "L0 E0";
    last_day_of_the_window: "9:300" | "4:300" => "0=0a";
    a_day_too_far: "10:300" | "4:300" => "L0 E0";
    booked_after_the_bank: "4:300" | "9:300" => "0=0a";

    reference_whatever_the_day: "5:300#F1" | "28:300#F1" => "0=0r";
    reference_before_amount_and_day: "5:300#F1" | "5:300 20:300#F1" => "0=1r E0";
    reference_in_other_capitals: "5:300#f-1" | "5:300#F-1" => "0=0r";
    reference_of_another_amount: "5:291#F1" | "5:300#F1" => "?0=0";
    reference_of_two_lines: "5:300#F1 5:-9#F1" | "5:291#F1" => "0,1=0r";
    reference_of_two_that_do_not_add_up: "5:300#F1 5:-8#F1" | "5:291#F1" => "?0=0 L1";
    second_reference: "5:300#F1#a1" | "20:300#a1" => "0=0r";
    own_reference_first: "5:300#F1#a1 6:300#F2" | "20:300#F1 21:300#a1" => "0=0r L1 E1";

    name_among_equals: "5:300'ada 5:300'bo" | "5:300'bo 5:300'ada" => "0=1n 1=0n";
    name_of_one: "5:300'ada 5:300" | "5:300'bo 5:300'ada" => "0=1n 1=0a";
    name_turned_around: "5:300'lovelace'ada 5:300'x" | "5:300'zoe 5:300'ada" => "0=1n 1=0a";
    name_of_two_lines: "5:300'ada 6:300'ada" | "5:300'ada" => "0=0a L1";

    same_day_first: "5:300" | "4:300 5:300" => "0=1a E0";
    two_candidates: "5:300" | "4:300 6:300" => "?0=0,1";
    two_lines_for_one: "4:300 6:300" | "5:300" => "?0,1=0";
    a_set_on_one_day: "5:300 5:300 5:300" | "5:300 5:300 5:300" => "0,1,2=0,1,2s";
    a_set_on_near_days: "5:300 6:300" | "3:300 4:300" => "0,1=0,1s";
    one_too_many: "5:300 6:300" | "3:300 4:300 4:300" => "?0,1=0,1,2";
    two_that_are_far_apart: "5:300 25:300" | "4:300 24:300" => "0=0a 1=1a";
    one_outstanding: "5:300" | "4:300 28:300" => "0=0a E1";
    a_chain_of_days: "5:300 9:300 13:300" | "4:300 8:300 12:300" => "0,1,2=0,1,2s";

    a_payout_of_three: "5:600" | "3:100 4:200 4:300" => "0=0,1,2m";
    a_payout_less_a_refund: "5:550" | "3:600 4:-50" => "0=0,1m";
    two_ways_to_make_it: "5:300" | "3:100 4:200 4:200" => "?0=0,1,2";
    an_order_and_its_fee: "5:97'a1 6:97'b1" | "5:100'a1 5:-3'a1 6:100'b1 6:-3'b1" => "0=0,1m 1=2,3m";
    an_order_and_its_fee_unnamed: "5:97 6:97" | "5:100 5:-3 6:100 6:-3" => "?0=0,1,2,3 ?1=";
    sums_by_name: "5:291'a1 5:291'a2" | "5:300'a1 5:300'a2 5:-9'a1 5:-9'a2" => "0=0,2m 1=1,3m";
    sum_of_a_part_of_what_is_named: "5:291'a1" | "5:300'a1 5:-9'a1 4:-9'a1" => "?0=0,1,2";
    gross_and_fee: "5:300 5:-9" | "4:291" => "0,1=0m";
    two_lines_want_the_same: "5:300 6:300" | "5:100 5:200" => "?0=0,1 ?1=";
    many_on_one_day: "5:15" | "3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1" => "0=0,1,2,3,4,5,6,7,8,9,10,11,12,13,14m";
    many_on_several_days: "5:15" | "3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1 3:1 4:1 4:1 4:1 4:1 4:1" => "L0 E0 E1 E2 E3 E4 E5 E6 E7 E8 E9 E10 E11 E12 E13 E14";

    taken_back: "" | "4:300 5:-300~0" => "=0,1x";
    taken_back_and_corrected: "5:300" | "4:300 5:-300~0 5:300" => "0=2a =0,1x";
    bounced: "4:300 6:-300" | "4:300 6:-300~0" => "0=0a 1=1a";
    zero: "5:0" | "5:0" => "0=0a";
}
