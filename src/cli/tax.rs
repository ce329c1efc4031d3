use bursar::conference::{Fact, TaxCode, TaxTreatment};
use bursar::ledger::Slug;
use bursar::report::tax_list;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;

use super::context::Context;
use super::fund::only;
use super::happen::share;
use super::refusal::Refusal;

/// Tax codes of sales and bills
#[derive(Debug, Subcommand)]
pub(super) enum Tax {
    /// Add a tax code; under a code that exists, change what comes after
    #[command(after_help = "\
Examples:
  bursar tax add vat20 --name \"VAT 20 %\" --rate 20% --inclusive
  bursar tax add rc --name \"Reverse charge\" --rate 20% --treatment reverse-charge
  bursar tax add exempt --name Exempt --treatment exempt")]
    Add(Add),
    /// All tax codes
    #[command(after_help = "Example:\n  bursar tax list")]
    List,
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// Code
    code: Slug,
    /// Name on invoices
    #[arg(long)]
    name: String,
    /// Rate of what is taxed, such as 20%
    #[arg(long, value_parser = share)]
    rate: Option<Decimal>,
    /// taxed, reverse-charge, exempt or out-of-scope
    #[arg(long, default_value = "taxed")]
    treatment: TaxTreatment,
    /// Prices and bill lines include the tax
    #[arg(long)]
    inclusive: bool,
    /// Share of input tax that is recoverable
    #[arg(long, value_parser = share, default_value = "100%")]
    recoverable: Decimal,
}

pub(super) fn run(context: &Context, args: &Tax) -> Result<(), Refusal> {
    match args {
        Tax::List => context.print(&context.read(|books| Ok(tax_list(books)?))?),
        Tax::Add(add) => {
            let taxed = matches!(add.treatment, TaxTreatment::Taxed | TaxTreatment::ReverseCharge);
            let rate = match add.rate {
                Some(rate) => rate,
                None if taxed => {
                    let message = format!("tax code {} is {}, and has no rate: give --rate", add.code, add.treatment);
                    return Err(Refusal::Usage(message));
                }
                None => Decimal::ZERO,
            };
            let tax = TaxCode {
                code: add.code,
                name: add.name.clone(),
                treatment: add.treatment,
                rate: rate.normalize(),
                inclusive: add.inclusive,
                recoverable: add.recoverable.normalize(),
            };
            let sheet = context.write("tax add", |writer| {
                writer.happen(|_| Ok(Fact::Tax(tax)))?;
                Ok(only(tax_list(writer.books())?, add.code.as_str()))
            })?;
            context.print_written(sheet)
        }
    }
}
