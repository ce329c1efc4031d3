//! What charts have in common: lines of the cash-flow statement, and statements that need no wording of a country.

use std::sync::OnceLock;

use serde::Deserialize;

use super::{CashFlowLine, Layout};

/// Statements and cash-flow lines of every chart that has no others.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// Lines of the direct cash-flow statement.
    #[serde(rename = "cash_flow")]
    pub cash_flows: Vec<CashFlowLine>,
    /// Statements.
    #[serde(rename = "statement")]
    pub statements: Vec<Layout>,
}

/// What charts have in common.
#[must_use]
pub fn common() -> &'static Common {
    static COMMON: OnceLock<Common> = OnceLock::new();
    // The text is part of the program, and a test reads it.
    COMMON.get_or_init(|| {
        toml::from_str(include_str!("../../schema/statements.toml"))
            .unwrap_or(Common { cash_flows: Vec::new(), statements: Vec::new() })
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_common_statements_agree_with_themselves() {
        let read: Common = toml::from_str(include_str!("../../schema/statements.toml")).unwrap();
        assert_eq!(&read, common());
        for layout in &read.statements {
            assert!(layout.check().is_ok(), "{}: {:?}", layout.key, layout.check());
        }
    }
}
