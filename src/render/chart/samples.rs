//! Charts of a conference of 1.3 million, and charts that no conference has.

use crate::money::Currency;
use crate::report::{Bar, Chart, Picture, Spread, Swing};

const POLICIES: [&str; 8] = [
    "As it is",
    "Refunds in full until four weeks before",
    "Refunds in part",
    "No refunds",
    "Student rate at 60 %",
    "Hardship fund of 40,000",
    "Early bird for everybody",
    "Online free of charge",
];

fn usd() -> Currency {
    Currency::from_code("USD").unwrap()
}

pub(crate) fn chart(key: &str, title: &str, says: &str, picture: Picture) -> Chart {
    Chart { key: key.to_owned(), title: title.to_owned(), says: says.to_owned(), currency: usd(), picture }
}

fn bar((label, minor): (&str, i128)) -> Bar {
    Bar { label: label.to_owned(), minor }
}

pub(crate) fn bars() -> Chart {
    let results = [48_211_50, -12_904_00, 21_377_25, 97_650_00, -83_120_40, 8_211_50, 141_009_99, -310_00];
    chart(
        "result-by-policy",
        "Result by policy",
        "Five of eight policies leave something over; student rates at 60 % cost most.",
        Picture::Bars(POLICIES.into_iter().zip(results).map(bar).collect()),
    )
}

pub(crate) fn revenue() -> Chart {
    let short = ["Registrations", "Sponsors", "Grants", "Workshops"];
    let amounts = [734_500_00, 412_000_00, 120_000_00, 36_480_00];
    chart(
        "revenue",
        "Revenue by source",
        "Registrations are more than half of 1.3 million.",
        Picture::Bars(short.into_iter().zip(amounts).map(bar).collect()),
    )
}

pub(crate) fn heat() -> Chart {
    let columns: Vec<String> = (0..11).map(|i| format!("{} %", 50 + 5 * i)).collect();
    let rows: Vec<String> = (0..11).map(|i| format!("{} %", 5 * i)).collect();
    let cell = |row: i128, column: i128| {
        let (left, came) = (100 - 5 * row, 50 + 5 * column);
        13_000_00 * left * came / 100 - 880_000_00 + 210_000_00 * (100 - came) / 100
    };
    let cells: Vec<Vec<i128>> = (0..11).map(|row| (0..11).map(|column| cell(row, column)).collect()).collect();
    let frontier = (0..11_usize).map(|column| {
        let last = cells.iter().rposition(|row| row[column] >= 0)?;
        let Some(next) = cells.get(last + 1) else { return Some(1_000) };
        let (above, below) = (cells[last][column], -next[column]);
        u32::try_from(100 * i128::try_from(last).unwrap() + 100 * above / (above + below)).ok()
    });
    chart(
        "stress",
        "Result when sponsors leave and people stay away",
        "With 80 % of the usual attendance, up to a sixth of sponsorship can be lost.",
        Picture::Heat {
            across: "Attendance".to_owned(),
            down: "Sponsorship lost".to_owned(),
            columns,
            rows,
            frontier: frontier.collect(),
            cells,
        },
    )
}

pub(crate) fn long_heat() -> Chart {
    let policies: Vec<String> = POLICIES.iter().map(|label| (*label).to_owned()).collect();
    let cells = (0..8).map(|i| (0..8).map(|j| (i128::from(i * j % 7) - 2) * 31_250_00).collect()).collect();
    chart(
        "pairs",
        "Policies beside each other",
        "Labels are long here.",
        Picture::Heat {
            across: "A policy with a long name, second of two".to_owned(),
            down: "A policy with a long name, first of two".to_owned(),
            columns: policies.clone(),
            rows: policies,
            cells,
            frontier: Vec::new(),
        },
    )
}

pub(crate) fn fan() -> Chart {
    let spread = |(i, label): (usize, &str)| {
        let i = i128::try_from(i).unwrap();
        let middle = 60_000_00 - 19_000_00 * i;
        let wide = 22_000_00 + 4_300_00 * (i % 3);
        Spread {
            label: label.to_owned(),
            quantiles: [middle - 3 * wide, middle - wide, middle, middle + wide, middle + 5 * wide / 2],
            likely: middle + 7_000_00,
        }
    };
    chart(
        "outcomes",
        "Outcomes by policy",
        "Under every policy a loss is possible; in the last three it is likelier than not.",
        Picture::Fan(POLICIES.into_iter().enumerate().map(spread).collect()),
    )
}

pub(crate) fn swings() -> Chart {
    let swing = |(label, low_label, low, high_label, high): (&str, &str, i128, &str, i128)| Swing {
        label: label.to_owned(),
        low,
        high,
        low_label: low_label.to_owned(),
        high_label: high_label.to_owned(),
    };
    let all = [
        ("Catering a head", "-10 %", 61_400_00, "+15 %", 28_500_00),
        ("Attendance", "820 people", -141_200_00, "1,150 people", 122_700_00),
        ("Sponsors that sign", "6 of 14 in the worst year so far", -66_000_00, "14 of 14", 104_000_00),
        ("Rate of EUR", "1.02", 46_000_00, "1.21", 44_900_00),
        ("Venue cancels", "pays 50 %", 12_000_00, "pays all", 30_000_00),
        ("Aid that is asked for", "30,000", 58_211_50, "70,000", 18_211_50),
    ];
    chart(
        "assumptions",
        "What moves the result",
        "Attendance moves the result more than everything else together.",
        Picture::Swings { base: 48_211_50, swings: all.into_iter().map(swing).collect() },
    )
}

pub(crate) fn line() -> Chart {
    let thousands = [40, 35, 28, 12, -18, -64, -31, 55, 190, 320, 402, 371, 288, 96, 71, 64, 52, 48];
    let month = |i: usize| format!("{}-{:02}", 2025 + (i + 8) / 12, (i + 8) % 12 + 1);
    chart(
        "cash",
        "Cash at the end of each month",
        "Deposits are due before registrations open: in 2026-02 there is 64,000 less than nothing.",
        Picture::Line(thousands.iter().enumerate().map(|(i, k)| (month(i), k * 1_000_00 + 211_50)).collect()),
    )
}

/// What no conference has, and what must be drawn all the same.
pub(crate) fn odd() -> Vec<Chart> {
    let spread = |label: &str, quantiles, likely| Spread { label: label.to_owned(), quantiles, likely };
    let swing = |low, high| Swing {
        label: "<&\"' ```".to_owned(),
        low,
        high,
        low_label: "<low>".to_owned(),
        high_label: "a high label that is as long as thirty characters, and longer".to_owned(),
    };
    let heat = |cells: Vec<Vec<i128>>, frontier: Vec<Option<u32>>| Picture::Heat {
        across: "<across>".to_owned(),
        down: "&down".to_owned(),
        columns: (0..cells.iter().map(Vec::len).max().unwrap_or(0)).map(|i| i.to_string()).collect(),
        rows: (0..cells.len()).map(|i| i.to_string()).collect(),
        cells,
        frontier,
    };
    let points = |amounts: &[i128]| {
        Picture::Line(amounts.iter().enumerate().map(|(i, minor)| (format!("month {i}"), *minor)).collect())
    };
    let pictures = vec![
        Picture::Bars(Vec::new()),
        Picture::Bars(vec![bar(("One alone, with a label of more than thirty characters", 12_345_00))]),
        Picture::Bars(POLICIES.into_iter().map(|label| bar((label, 0))).collect()),
        Picture::Bars(vec![bar(("```", i128::MAX)), bar(("<&\"'>", i128::MIN)), bar(("", 1)), bar(("\u{202e}\n", -1))]),
        Picture::Bars(vec![bar(("All below", -5_00)), bar(("zero", -1_300_000_00))]),
        heat(Vec::new(), Vec::new()),
        heat(vec![vec![0, 0], vec![0, 0]], vec![None, Some(u32::MAX), Some(3)]),
        heat(vec![vec![i128::MIN], vec![i128::MAX, 7, -7], Vec::new()], vec![Some(0), Some(500), None]),
        heat((0..20).map(|i| (0..30).map(|j| (i - j) * 9_999_99).collect()).collect(), vec![Some(250); 30]),
        Picture::Fan(Vec::new()),
        Picture::Fan(vec![spread("nothing", [0; 5], 0), spread("the same", [0; 5], 0)]),
        Picture::Fan(vec![spread("all", [i128::MAX, 5, 0, -5, i128::MIN], 9), spread("", [i128::MAX; 5], i128::MIN)]),
        Picture::Swings { base: 0, swings: Vec::new() },
        Picture::Swings { base: 0, swings: vec![swing(0, 0)] },
        Picture::Swings { base: i128::MAX, swings: vec![swing(i128::MIN, i128::MAX), swing(5, 6)] },
        Picture::Swings {
            base: 1_000_000_00,
            swings: vec![swing(1_200_000_00, 1_100_000_00), swing(900_000_00, 950_000_00)],
        },
        points(&[]),
        points(&[0]),
        points(&[-5_00]),
        points(&[7; 12]),
        points(&[i128::MIN, i128::MAX, 0]),
        points(&(0..300).map(|i| (i - 100) * (i - 200) * 1_00).collect::<Vec<i128>>()),
        points(&[-1, 900_000_00, 2]),
        points(&[1, -900_000_00, 2]),
        points(&[900_000_000_000_00, 100, -3]),
    ];
    let named = pictures.into_iter().enumerate();
    named.map(|(i, picture)| chart("odd", &format!("Odd {i} <&\"'>"), "*It* says <&\"'> ]]>.", picture)).collect()
}

pub(crate) fn usual() -> Vec<Chart> {
    vec![bars(), revenue(), heat(), fan(), swings(), line(), long_heat()]
}
