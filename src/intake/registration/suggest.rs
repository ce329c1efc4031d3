//! A mapping to begin with: every product, event, way of paying and word of the files, with what it seems to be.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::RegistrationTerms;
use super::booking::What;
use super::gather::Gatherer;
use super::lookup::{event_called, shown, ticket_called};
use super::tally::Count;
use crate::books::Setup;
use crate::intake::IntakeError;
use crate::ledger::{Slug, nearest};

/// A mapping file that is suggested.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    /// Its text, TOML.
    pub text: String,
    /// What is left for a person to say.
    pub open: usize,
}

pub(super) fn suggest(
    setup: &Setup,
    gatherer: &Gatherer<'_>,
    terms: &RegistrationTerms,
) -> Result<Suggestion, IntakeError> {
    // A mapping has one line a product, whichever events it is sold for.
    let mut products: BTreeMap<String, (BTreeSet<String>, Count)> = BTreeMap::new();
    let mut events: BTreeMap<String, Count> = BTreeMap::new();
    let mut methods: BTreeMap<String, Count> = BTreeMap::new();
    gatherer.bookings(
        &mut |booking| {
            events.entry(booking.event.clone()).or_default().add(0);
            for happening in &booking.happenings {
                match &happening.what {
                    What::Placed(positions) => {
                        for position in positions {
                            let (events, count) = products.entry(shown(position)).or_default();
                            events.insert(booking.event.clone());
                            count.add(position.price);
                        }
                    }
                    What::Paid(moved) => methods.entry(moved.method.clone()).or_default().add(moved.amount),
                    What::Refunded(moved) => methods.entry(moved.method.clone()).or_default().add(-moved.amount),
                    What::Cancelled { .. } => {}
                }
            }
            Ok(())
        },
        &mut |_, _, _| {},
        &mut |_, _| {},
    )?;
    let mut text = String::from(
        "# What the file's names are in the books. Look through it, replace each \"?\", and give it with --map.\n",
    );
    let mut open = 0;
    let mut found: BTreeMap<String, Slug> = BTreeMap::new();
    let _ = writeln!(text, "\n[events]");
    for (name, count) in &events {
        let code = event_of(setup, name, terms);
        open += usize::from(code.is_none());
        found.extend(code.map(|code| (name.clone(), code)));
        let code = code.map_or_else(|| "?".to_owned(), |code| code.to_string());
        if !name.is_empty() {
            let _ = writeln!(text, "{} = \"{code}\" # {}", quoted(name), many(count.count, "order"));
        }
    }
    let _ = writeln!(
        text,
        "\n# A product may also be a gift ({{ donation = true, fund = \"…\" }}), be left out ({{ skip = true }}), and say who\n\
         # attends and pays: {{ ticket = \"…\", role = \"speaker\", payer = \"aid\" }}.\n[products]"
    );
    for (name, (names, count)) in &products {
        let of: Vec<Slug> = names.iter().filter_map(|name| found.get(name).copied()).collect();
        if ["donation", "spende", "don ", "gift"].iter().any(|word| name.to_lowercase().contains(word)) {
            let minor = setup.currency().format_minor(i128::from(count.minor));
            let _ = writeln!(text, "{} = {{ donation = true }} # {} given, {minor}", quoted(name), count.count);
            continue;
        }
        // Events whose tickets have other codes for it leave it open.
        let mut nearest: Vec<(Slug, bool)> = of.iter().filter_map(|event| ticket_of(setup, *event, name)).collect();
        nearest.sort_unstable();
        nearest.dedup_by_key(|(code, _)| *code);
        let near = if let [one] = nearest.as_slice() { Some(*one) } else { None };
        let (code, why) = match &near {
            Some((code, true)) => (code.to_string(), ""),
            Some((code, false)) => (code.to_string(), ", the nearest name: is it?"),
            None => ("?".to_owned(), ""),
        };
        open += usize::from(near.is_none());
        let minor = setup.currency().format_minor(i128::from(count.minor));
        let _ = writeln!(text, "{} = {{ ticket = \"{code}\" }} # {} sold, {minor}{why}", quoted(name), count.count);
        for event in of.iter().filter(|event| near.is_none() && ticket_of(setup, **event, name).is_none()) {
            let _ = writeln!(
                text,
                "# or, if the books lack it: bursar ticket add {event} CODE --name {} --kind admission --price {}",
                shell_word(name),
                setup.currency().format_minor(i128::from(count.minor / i64::try_from(count.count.max(1)).unwrap_or(1)))
            );
        }
    }
    let _ = writeln!(text, "\n[methods]");
    for (name, count) in &methods {
        let known = gatherer.formats().find_map(|format| format.method(name));
        let word = match known {
            Some(terms) => method_words(terms),
            None if name.is_empty() => "\"platform\"".to_owned(),
            None => "\"?\"".to_owned(),
        };
        open += usize::from(known.is_none() && !name.is_empty());
        let minor = setup.currency().format_minor(i128::from(count.minor));
        let _ = writeln!(text, "{} = {word} # {}, {minor}", quoted(name), many(count.count, "movement"));
    }
    Ok(Suggestion { text, open })
}

fn event_of(setup: &Setup, name: &str, terms: &RegistrationTerms) -> Option<Slug> {
    let mapped = terms.mapping.events.get(name).copied();
    let only = match setup.events() {
        [one] => Some(one.code),
        _ => None,
    };
    mapped.or_else(|| event_called(setup, name)).or(terms.event).or(only)
}

/// The ticket of a name, and whether it has that very name.
fn ticket_of(setup: &Setup, event: Slug, name: &str) -> Option<(Slug, bool)> {
    let conference = setup.conference();
    let product = name.split(" / ").next().unwrap_or(name);
    if let Some(ticket) = ticket_called(conference, event, [name, product]) {
        return Some((ticket.code, true));
    }
    // A name that begins with a ticket's, or the other way round, is nearer than one that is merely spelt alike.
    let (lower, words) = (name.to_lowercase(), |text: &str| text.to_lowercase());
    let within = conference.tickets(event).find(|ticket| {
        let (code, title) = (words(ticket.code.as_str()), words(&ticket.name));
        lower.contains(&code) || lower.contains(&title) || title.contains(&lower)
    });
    let by_name = || {
        let names: Vec<&str> = conference.tickets(event).map(|ticket| ticket.name.as_str()).collect();
        let near = nearest(product, names.iter().copied())?.to_owned();
        conference.tickets(event).find(|ticket| ticket.name == near).map(|ticket| ticket.code)
    };
    within.map(|ticket| ticket.code).or_else(by_name).map(|code| (code, false))
}

fn method_words(terms: &crate::intake::format::MethodTerms) -> String {
    match terms {
        crate::intake::format::MethodTerms::Method(method) => format!("\"{method}\""),
        crate::intake::format::MethodTerms::Through { method, account } => {
            format!("{{ method = \"{method}\", account = {} }}", quoted(account))
        }
    }
}

/// A text as a TOML string of one line, which a key has to be: JSON's strings are such, but for one sign.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

/// A word for the shell that stands for itself, whatever is in it.
fn shell_word(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("'{}'", plain.replace('\'', "'\\''"))
}

fn many(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn every_name_can_be_a_key() {
        for name in ["", "T-shirt", "a \"b\" 'c'", "two\nlines\r\n", "tab\t\u{7f}\u{0}\u{1f}\\", "Größe M 🎟"] {
            let text = format!("{} = 1", quoted(name));
            let table: toml::Table = toml::from_str(&text).unwrap_or_default();
            assert!(table.contains_key(name), "{text}");
        }
    }
}
