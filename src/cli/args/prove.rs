//! What can be typed after `provisor prove`. The doc comments are the help.

use clap::Args;

/// `prove`
#[derive(Args, Debug)]
#[command(
    after_help = "It happens in a folder for temporary files, on a sandbox of its own: no account, no credentials and no repo are touched.\nExit code 0: none of the three, and what is declared was reached; 3: not so; 4: a signal ended it before that.\n\nExamples:\n  provisor prove\n  provisor prove --products 20 --seconds 10 --seed 7\n  provisor prove --json\n\ndocs/protocol.md tells why it holds."
)]
pub struct ProveArgs {
    /// How many provisioned products are declared
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub products: u16,
    /// For how long appliers are killed; settling comes on top
    #[arg(long, value_name = "N", default_value_t = 60, value_parser = clap::value_parser!(u16).range(1..=3600))]
    pub seconds: u16,
    /// The dice: when somebody dies, what others do, what is edited [default: drawn, and told]
    #[arg(long, value_name = "N")]
    pub seed: Option<u32>,
    /// As JSON
    #[arg(long)]
    pub json: bool,
}
