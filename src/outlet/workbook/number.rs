//! The one place where an amount becomes a binary floating-point number: spreadsheets have no other. Nothing is computed
//! with it here. Up to 15 digits, decimal text survives the way there and back unchanged; more are refused before.

use rust_xlsxwriter::{Format, Worksheet, XlsxError};

/// Digits of a decimal number that a spreadsheet keeps.
const DIGITS: u32 = 15;

/// Whether a spreadsheet holds so many minor units (or things) exactly.
pub(super) fn is_exact(minor: i128) -> bool {
    minor.unsigned_abs() < 10_u128.pow(DIGITS)
}

/// Writes a number that is given as decimal text.
pub(super) fn write(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    decimal: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    let number: f64 = decimal.parse().map_err(|_| XlsxError::ParameterError(format!("`{decimal}` is no number")))?;
    sheet.write_number_with_format(row, column, number, format).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fifteen_digits_and_no_more() {
        assert!(is_exact(999_999_999_999_999) && is_exact(-999_999_999_999_999));
        assert!(!is_exact(1_000_000_000_000_000) && !is_exact(i128::MIN));
    }

    proptest! {
        #[test]
        fn what_is_exact_survives(minor in -999_999_999_999_999_i64..=999_999_999_999_999, decimals in 0_usize..=4) {
            let digits = format!("{:0width$}", minor.unsigned_abs(), width = decimals + 1);
            let (whole, fraction) = digits.split_at(digits.len() - decimals);
            let sign = if minor < 0 { "-" } else { "" };
            let text = format!("{sign}{whole}.{fraction:0<1}");
            let number: Result<f64, _> = text.parse();
            prop_assert_eq!(number.map(|n| format!("{n:.*}", decimals.max(1))), Ok(text));
        }
    }
}
