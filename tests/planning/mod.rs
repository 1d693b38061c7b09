//! The planner, by tables: declarations, a state and a catalog in, a plan (or what is wrong) out.

mod beside;
mod blocked;
mod calls;
mod creation;
mod decision;
mod determinism;
mod diff;
mod drift;
mod externals;
mod fixture;
mod guards;
mod imports;
mod items;
mod keeping;
mod moved;
mod names;
mod older;
mod order;
mod orders;
mod places;
mod references;
mod removed;
mod renaming;
mod replacing;
mod rules;
mod scenarios;
mod selection;
mod sending;
mod types;
mod untaken;
mod validation;
mod visible;

/// One network.
const NET: &str = "provisioned_products:\n  network: {product_name: vpc, provisioning_artifact_name: v1}\n";
/// It, as it was provisioned.
const NET_ROW: &str = "network vpc/v1 Cidr=10.0.0.0/16 Zones=a,b out:VpcId=vpc-1 out:Subnets=s1,s2";
/// A service in it.
const APP: &str = "provisioned_products:
  network: {product_name: vpc, provisioning_artifact_name: v1}
  app: {product_name: service, provisioning_artifact_name: v1, parameters: {VpcId: \"${network.outputs.VpcId}\"}}
";
/// It, as it was provisioned.
const APP_ROW: &str = "app service/v1 VpcId=vpc-1 Size=small out:Url=http://app after:network";
/// No declaration at all.
const NOTHING: &str = "provisioned_products: {}\n";

/// One declaration `x` with these lines below it.
fn x(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("    {}\n", line.trim())).collect();
    format!("provisioned_products:\n  x:\n{lines}")
}
