//! The arguments of `provisor sandbox`.

use std::path::PathBuf;

use clap::Args;

/// `sandbox`
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  provisor sandbox --world sandbox.yaml --port 4599 &\n  export AWS_ENDPOINT_URL=http://127.0.0.1:4599 AWS_DEFAULT_REGION=eu-west-1\n  export AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=x\n  aws servicecatalog search-products\n  curl -X POST $AWS_ENDPOINT_URL/_sandbox/advance -d '{\"seconds\": 3600}'\n\nThe manual is docs/sandbox.md."
)]
pub struct SandboxArgs {
    /// The world file: what there is to provision, what fails, how fast time goes
    #[arg(long, value_name = "FILE", default_value = "sandbox.yaml")]
    pub world: PathBuf,
    /// Port on 127.0.0.1; 0 takes the one of the last time, or a free one
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub port: u16,
    /// Write one JSON line per request to this file [default: calls.jsonl, where the world is kept]
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Forget everything that was provisioned
    #[arg(long)]
    pub reset: bool,
    /// Keep nothing: what is provisioned is gone with the process
    #[arg(long, conflicts_with = "reset")]
    pub in_memory: bool,
    /// Say where it listens as a line of JSON
    #[arg(long)]
    pub json: bool,
}
