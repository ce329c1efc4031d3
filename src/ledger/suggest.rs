//! "Did you mean …?"

/// The candidate most like `wanted`, if any is like it at all: a match of upper and lower case first, then a
/// candidate whose last part after a colon matches, then the nearest by edit distance (at most a third of the
/// letters off).
pub fn nearest<'a>(wanted: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = wanted.trim().to_lowercase();
    if lower.is_empty() {
        return None;
    }
    let length = lower.chars().count();
    let most = (length / 3).max(1);
    // As many letters are off as one is longer than the other. A field that a missing quote has made as long as its file
    // must not be compared letter by letter.
    let distance = |text: &str| {
        let off = text.chars().count().abs_diff(length);
        (off <= most).then(|| strsim::damerau_levenshtein(&lower, text))
    };
    let score = |candidate: &str| {
        let whole = candidate.to_lowercase();
        let last = whole.rsplit(':').next().unwrap_or_default();
        let distances = [distance(&whole), distance(last).map(|distance| distance + 1)];
        distances.into_iter().flatten().min().filter(|distance| *distance <= most)
    };
    candidates
        .into_iter()
        .filter_map(|candidate| Some((score(candidate)?, candidate)))
        .min_by_key(|(distance, candidate)| (*distance, *candidate))
        .map(|(_, candidate)| candidate)
}

/// What to say after a name that is not known: the nearest there is, and all there are.
#[must_use]
pub fn choices(near: Option<&str>, known: &str) -> String {
    match near {
        Some(near) => format!("; did you mean `{near}`? There are {known}"),
        None => format!("; there are {known}"),
    }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_suggested() {
        let names = ["Assets:Cash", "Expenses:Catering", "Expenses:Venue", "Revenue:Registration"];
        for (wanted, expected) in [
            ("assets:cash", Some("Assets:Cash")),
            ("Catering", Some("Expenses:Catering")),
            ("Expenses:Vennue", Some("Expenses:Venue")),
            ("Revenue:Registratoin", Some("Revenue:Registration")),
            ("xyzzy", None),
            ("", None),
        ] {
            assert_eq!(nearest(wanted, names), expected, "{wanted}");
        }
    }

    /// Compared letter by letter, it would take gigabytes.
    #[test]
    fn what_is_far_too_long_is_like_nothing() {
        assert_eq!(nearest(&"Expenses:Venue".repeat(3_000_000), ["Expenses:Venue"]), None);
        assert_eq!(nearest("Expenses:Venue", ["Expenses:Venue".repeat(3_000_000).as_str()]), None);
    }
}
