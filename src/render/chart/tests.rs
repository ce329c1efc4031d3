use super::super::{Format, render, render_with};
use super::samples::{self, bars, chart, fan, heat, line, long_heat, odd, revenue, swings, usual};
use super::*;
use crate::report::{Audience, Cell, Column, ColumnKind, Row, RowKind, Statement};

fn drawn(chart: &Chart, width: u16) -> String {
    // Snapshots are compared without what is at their ends; a mark keeps the first line where it is.
    format!("|\n{}", lines(chart, Page { width, styled: false }))
}

fn statement() -> Statement {
    Statement {
        key: "policies".to_owned(),
        title: "Policies".to_owned(),
        entity: "Example Conference".to_owned(),
        events: Vec::new(),
        period: None,
        audience: Audience::Treasurer,
        currency: Currency::from_code("USD").unwrap(),
        columns: vec![Column::new("result", "Result", ColumnKind::Money)],
        rows: vec![Row::plain("now", "As it is", 0, RowKind::Line, vec![Cell::Money(48_211_50)])],
        notes: vec!["A note below everything.".to_owned()],
        covers: None,
    }
}

#[test]
fn bars_as_text() {
    insta::assert_snapshot!(drawn(&revenue(), 60), @"
    |
    Registrations │████████████████████████████████████ 734,500
    Sponsors      │████████████████████▎                412,000
    Grants        │█████▉                               120,000
    Workshops     │█▊                                    36,480
    ");
    insta::assert_snapshot!(drawn(&bars(), 40), @"
    |
    As it is
                │██████              48,212
    Refunds in full until four weeks before
               ▒│                   -12,904
    Refunds in part
                │██▋                 21,377
    No refunds
                │████████████▎       97,650
    Student rate at 60 %
      ▒▒▒▒▒▒▒▒▒▒│                   -83,120
    Hardship fund of 40,000
                │█                    8,212
    Early bird for everybody
                │█████████████████▋ 141,010
    Online free of charge
               ▒│                      -310
    ");
}

#[test]
fn a_heat_map_as_text() {
    insta::assert_snapshot!(drawn(&heat(), 80), @"
    |
    Sponsorship lost ↓   Attendance →
         50 %  55 %  60 %  65 %  70 %  75 %  80 %  85 %  90 %  95 %  100 %
     0 % -125×  -71×  -16×  +39   +93  +148  +202  +257  +311  +366   +420
     5 % -158× -106×  -55×   -4×  +48   +99  +150  +201  +253  +304   +355
    10 % -190× -142×  -94×  -46×   +2   +50   +98  +146  +194  +242   +290
    15 % -223× -178× -133×  -88×  -44×   +1   +46   +91  +136  +180   +225
    20 % -255× -214× -172× -131×  -89×  -48×   -6×  +36   +77  +119   +160
    25 % -288× -249× -211× -173× -135×  -96×  -58×  -20×  +19   +57    +95
    30 % -320× -285× -250× -215× -180× -145× -110×  -75×  -40×   -5×   +30
    35 % -353× -321× -289× -257× -226× -194× -162× -130×  -99×  -67×   -35×
    40 % -385× -357× -328× -300× -271× -243× -214× -186× -157× -129×  -100×
    45 % -418× -392× -367× -342× -317× -291× -266× -241× -216× -190×  -165×
    50 % -450× -428× -406× -384× -362× -340× -318× -296× -274× -252×  -230×
    Thousands of USD. × below zero
    ");
    insta::assert_snapshot!(drawn(&long_heat(), 60), @"
    |
    A policy with a long name, fi… ↓
    A policy with a long name, se… →
                              Refunds
                              in full
                                until
                          As     four
                          it    weeks  Refunds       No
                          is   before  in part  refunds
                As it is -63×     -63×     -63×     -63×
    Refunds in full unt… -63×     -31×       0      +31
         Refunds in part -63×       0      +63     +125
              No refunds -63×     +31     +125        0
    Student rate at 60 % -63×     +63      -31×     +94
    Hardship fund of 40… -63×     +94      +31      -31×
    Early bird for ever… -63×    +125      +94      +63
    Online free of char… -63×     -63×     -63×     -63×

                                                       Online
                         Student  Hardship      Early    free
                         rate at   fund of   bird for      of
                            60 %    40,000  everybody  charge
                As it is     -63×      -63×       -63×    -63×
    Refunds in full unt…     +63       +94       +125     -63×
         Refunds in part     -31×      +31        +94     -63×
              No refunds     +94       -31×       +63     -63×
    Student rate at 60 %       0      +125        +31     -63×
    Hardship fund of 40…    +125       +63          0     -63×
    Early bird for ever…     +31         0        -31×    -63×
    Online free of char…     -63×      -63×       -63×    -63×
    Thousands of USD. × below zero
    ");
}

#[test]
fn a_fan_as_text() {
    insta::assert_snapshot!(drawn(&fan(), 120), @"
    |
                                                                                             5 %     50 %     95 %  reckoned
    As it is                                                  ├┊───────▒▒▒▒█◆▒▒▒─────┤    -6,000   60,000  115,000    67,000
    Refunds in full until four we…                      ├──────┊──▒▒▒▒▒█◆▒▒▒▒──────┤     -37,900   41,000  106,750    48,000
    Refunds in part                               ├───────────▒┊▒▒▒▒█◆▒▒▒▒────────┤      -69,800   22,000   98,500    29,000
    No refunds                                      ├───────▒▒▒┊█◆▒▒▒─────┤              -63,000    3,000   58,000    10,000
    Student rate at 60 %                      ├─────────▒▒▒▒█▒◆┊▒▒───────┤               -94,900  -16,000   49,750    -9,000
    Hardship fund of 40,000             ├──────────▒▒▒▒▒▒█◆▒▒▒▒┊───────┤                -126,800  -35,000   41,500   -28,000
    Early bird for everybody             ├───────▒▒▒▒█▒◆▒▒─────┊┤                       -120,000  -54,000    1,000   -47,000
    Online free of charge          ├─────────▒▒▒▒▒█◆▒▒▒▒──────┤┊                        -151,900  -73,000   -7,250   -66,000
                                   -151,900                                    115,000
    ├ 5 %  ▒ 25 to 75 %  █ 50 %  ┤ 95 %  ◆ reckoned with  ┊ zero
    ");
    insta::assert_snapshot!(drawn(&fan(), 40), @"
    |
    As it is
                         ├┊─────▒▒▒█◆▒▒────┤
      5 %: -6,000  50 %: 60,000
      95 %: 115,000  reckoned: 67,000
    Refunds in full until four weeks before
                     ├────┊─▒▒▒▒█◆▒▒▒─────┤
      5 %: -37,900  50 %: 41,000
      95 %: 106,750  reckoned: 48,000
    Refunds in part
                ├────────▒┊▒▒█◆▒▒▒▒──────┤
      5 %: -69,800  50 %: 22,000
      95 %: 98,500  reckoned: 29,000
    No refunds
                 ├─────▒▒▒┊█◆▒▒────┤
      5 %: -63,000  50 %: 3,000
      95 %: 58,000  reckoned: 10,000
    Student rate at 60 %
            ├───────▒▒▒▒█◆┊▒▒────┤
      5 %: -94,900  50 %: -16,000
      95 %: 49,750  reckoned: -9,000
    Hardship fund of 40,000
        ├────────▒▒▒▒█◆▒▒▒┊─────┤
      5 %: -126,800  50 %: -35,000
      95 %: 41,500  reckoned: -28,000
    Early bird for everybody
         ├─────▒▒▒█◆▒▒▒───┤
      5 %: -120,000  50 %: -54,000
      95 %: 1,000  reckoned: -47,000
    Online free of charge
    ├───────▒▒▒▒█◆▒▒─────┤┊
      5 %: -151,900  50 %: -73,000
      95 %: -7,250  reckoned: -66,000
    -151,900                         115,000
    ├ 5 %  ▒ 25 to 75 %  █ 50 %  ┤ 95 %
    ◆ reckoned with  ┊ zero
    ");
}

#[test]
fn a_tornado_as_text() {
    insta::assert_snapshot!(drawn(&swings(), 80), @"
    |
                                                        With none moved: 48,212
    Attendance            ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│████████████████
                          820 people: -141,200                 1,150 people: 122,700
    Sponsors that sign                    ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒│████████████
                          6 of 14 in the worst year so far: -66,000
                                                                   14 of 14: 104,000
    Aid that is asked for                                   ▒▒▒▒▒▒▒│██
                          70,000: 18,212                              30,000: 58,212
    Venue cancels                                          ▒▒▒▒┃▒▒▒│
                          pays 50 %: 12,000                         pays all: 30,000
    Catering a head                                            ▒▒▒▒│███
                          +15 %: 28,500                                -10 %: 61,400
    Rate of EUR                                                   ┃│
                          1.21: 44,900                                  1.02: 46,000
    ▒ the outcome falls  █ it rises  ┃ the nearer of two on one side
    ");
}

#[test]
fn a_line_as_text() {
    insta::assert_snapshot!(drawn(&line(), 80), @"
    |
    402,212 │                              ▇▇ ▃▃
            │                           ▄▄ ██ ██
            │                           ██ ██ ██ ▇▇
            │                        ▂▂ ██ ██ ██ ██
            │                        ██ ██ ██ ██ ██
            │                        ██ ██ ██ ██ ██ ▅▅ ▂▂ ▁▁
            │▅▅ ▅▅ ▄▄ ▁▁          ▇▇ ██ ██ ██ ██ ██ ██ ██ ██ ▇▇ ▆▆
          0 ┼──────────────────────────────────────────────────────
    -63,789 │            ▔▔ ▒▒ ▒▒
             2025-09                                        2027-02
    lowest: -63,789 (2026-02)
    ");
}

#[test]
fn charts_stand_between_table_and_notes() {
    let page = Page { width: 60, styled: false };
    insta::assert_snapshot!(render_with(&statement(), &[revenue()], Format::Table, page), @"
    Example Conference
    Policies · USD

                 Result
    As it is  48,211.50

    Revenue by source · USD
    Registrations are more than half of 1.3 million.

    Registrations │████████████████████████████████████ 734,500
    Sponsors      │████████████████████▎                412,000
    Grants        │█████▉                               120,000
    Workshops     │█▊                                    36,480

    A note below everything.
    ");
    insta::assert_snapshot!(render_with(&statement(), &[revenue()], Format::Markdown, page), @"
    ## Example Conference

    Policies · USD

    | | Result |
    |---|---:|
    | As it is | 48,211.50 |

    ### Revenue by source · USD

    Registrations are more than half of 1.3 million.

    ```text
    Registrations │████████████████████████████████████████████████████████ 734,500
    Sponsors      │███████████████████████████████▍                         412,000
    Grants        │█████████▏                                               120,000
    Workshops     │██▊                                                       36,480
    ```

    A note below everything.
    ");
    let html = render_with(&statement(), &usual(), Format::Html, page);
    let place = |what: &str| html.find(what).unwrap();
    assert!(place("</table>") < place("<figure") && html.rfind("</figure>").unwrap() < place("<footer>"));
    assert!(html.contains(".chart .good"));
}

#[test]
fn without_charts_nothing_is_different() {
    let page = Page { width: 60, styled: false };
    for format in [Format::Table, Format::Csv, Format::Json, Format::Markdown, Format::Html] {
        let without = render(&statement(), format, page);
        assert_eq!(render_with(&statement(), &[], format, page), without);
        assert!(!without.contains("chart"), "{without}");
        if matches!(format, Format::Csv | Format::Json) {
            assert_eq!(render_with(&statement(), &usual(), format, page), without);
        }
    }
}

#[test]
fn lines_are_no_wider_than_the_page() {
    for width in [40, 57, 80, 120, 160] {
        for chart in usual() {
            let text = text(std::slice::from_ref(&chart), Page { width, styled: false });
            for line in text.lines() {
                assert!(line.chars().count() <= usize::from(width), "{width}: {line}");
            }
        }
    }
    // Narrower and wider pages are drawn as the narrowest and the widest.
    for width in [0, 1, 39, 161, u16::MAX] {
        assert!(!text(&usual(), Page { width, styled: true }).is_empty());
    }
}

/// Whether tags are closed in the order they were opened, and nothing else looks like one.
fn well_formed(markup: &str) -> Result<(), String> {
    let mut open: Vec<&str> = Vec::new();
    let mut parts = markup.split('<');
    let loose = |text: &str| {
        text.contains('>')
            || text
                .replace("&amp;", "")
                .replace("&lt;", "")
                .replace("&gt;", "")
                .replace("&quot;", "")
                .replace("&#39;", "")
                .contains('&')
    };
    if loose(parts.next().unwrap_or_default()) {
        return Err("text before".to_owned());
    }
    for part in parts {
        let (tag, text) = part.split_once('>').ok_or_else(|| format!("not closed: {part}"))?;
        if loose(text) || !tag.matches('"').count().is_multiple_of(2) {
            return Err(format!("not escaped: {part}"));
        }
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default();
        if tag.starts_with('/') {
            if open.pop() != Some(name) {
                return Err(format!("closed too early: {part}"));
            }
        } else if !tag.ends_with('/') && name != "br" {
            open.push(name);
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("open: {open:?}")) }
}

#[test]
fn markup_is_well_formed_and_says_everything() {
    for chart in usual().iter().chain(&odd()) {
        let html = figure(chart, 3);
        assert_eq!(well_formed(&html), Ok(()), "{html}");
        assert!(html.contains("role=\"img\"") && html.contains("<desc "));
        assert!(!html.contains("<script") && !html.contains("style="));
        let height = html.split_once("viewBox=\"0 0 440 ").unwrap().1.split_once('"').unwrap().0;
        assert!((20..=2_000).contains(&height.parse::<i64>().unwrap()), "{height}");
    }
    let html = figure(&line(), 1);
    let Picture::Line(points) = line().picture else { return };
    for (month, minor) in points {
        let row = format!("{month}</th><td class=\"num\">{}</td>", grouped(minor, line().currency));
        assert!(html.contains(&row), "{row}");
    }
    assert!(well_formed("<a><b></a></b>").is_err() && well_formed("<a>&</a>").is_err());
}

/// Numbers of attributes of this name.
fn numbers(html: &str, attribute: &str) -> Vec<i64> {
    let start = format!(" {attribute}=\"");
    html.split(&start).skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok()).collect()
}

#[test]
fn nothing_is_drawn_outside() {
    for chart in usual().iter().chain(&odd()) {
        let html = figure(chart, 1);
        for attribute in ["x", "x1", "x2", "cx"] {
            assert!(numbers(&html, attribute).iter().all(|x| (0..=440).contains(x)), "{attribute}: {html}");
        }
        for attribute in ["width", "height"] {
            assert!(numbers(&html, attribute).iter().all(|length| *length >= 0), "{attribute}: {html}");
        }
    }
}

#[test]
fn keys_are_names_of_their_own() {
    let hostile = chart("a b\"<c>/1", "Title", "", samples::bars().picture);
    let html: String = figures(&[hostile.clone(), hostile]).concat();
    assert!(html.contains("id=\"chart-1-abc1\"") && html.contains("id=\"chart-2-abc1\""));
    let mut ids: Vec<&str> = html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

#[test]
fn odd_charts_are_drawn() {
    for width in [40, 80, 160] {
        for chart in odd() {
            let _ = text(std::slice::from_ref(&chart), Page { width, styled: false });
        }
    }
    let written = document(&odd());
    // The label of three backticks did not end its block.
    assert!(written.contains("\n````text\n```"), "{written}");
    assert!(written.contains("\\*It\\* says"));
}

#[test]
fn how_far_down_is_said_in_labels() {
    let figures = table(&heat().picture, heat().currency);
    let reach = figures.rows.last().unwrap();
    assert_eq!(reach[0], "Not below zero as far as");
    assert_eq!(reach[1], "nowhere");
    assert_eq!(reach[11], "30 % to 35 %");
    assert_eq!(figures.rows[0][1], "-125,000.00");
}

#[test]
fn the_widest_swing_is_first() {
    let figures = table(&swings().picture, swings().currency);
    let labels: Vec<&str> = figures.rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(labels[..2], ["Attendance", "Sponsors that sign"]);
    assert_eq!(labels.last(), Some(&"With none of them moved"));
}
