//! The call log: one JSON line per request, never a parameter's value. Keeps the latest in memory for the
//! control endpoint.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::OFlags;
use serde_json::{Value, json};

use super::{Answer, Call};
use crate::error::SandboxError;
use crate::files::{self, Folder};
use crate::ids;
use crate::operations::Notes;
use crate::world::World;

/// How many lines the control endpoint can list.
const KEPT: usize = 10_000;
const TOKENS: [&str; 5] =
    ["ProvisionToken", "UpdateToken", "TerminateToken", "IdempotencyToken", "ExecuteToken"];
const ARTIFACT: [&str; 2] = ["ProvisioningArtifactId", "ProvisioningArtifactName"];

/// Our own file.
const NAME: &str = "calls.jsonl";

/// Where calls are written down.
#[derive(Default)]
pub(crate) struct CallLog {
    file: Option<File>,
    /// Of our own file: how much may still be written before it starts anew; the file before it is kept.
    room: Option<(Arc<Folder>, u64)>,
    recent: VecDeque<String>,
}

/// How large our own file may grow, in bytes.
const LARGE: u64 = 16 << 20;

impl CallLog {
    /// A log that is only ever added to.
    pub(crate) fn endless(path: &Path) -> std::io::Result<CallLog> {
        Ok(CallLog { file: Some(files::append(path)?), ..CallLog::default() })
    }

    /// A log that keeps to a size.
    pub(crate) fn bounded(folder: Arc<Folder>) -> Result<CallLog, SandboxError> {
        let file = open(&folder)?;
        let length = file.metadata().map_err(SandboxError::file(folder.at(NAME)))?.len();
        let room = Some((folder, LARGE.saturating_sub(length)));
        Ok(CallLog { file: Some(file), room, ..CallLog::default() })
    }

    fn make_room(&mut self, bytes: u64) {
        let Some((folder, room)) = &mut self.room else { return };
        if *room < bytes {
            let _ = folder.rename(NAME, "calls.old.jsonl");
            self.file = open(folder).ok();
            *room = LARGE;
        }
        *room = room.saturating_sub(bytes);
    }

    pub(super) fn forget(&mut self) {
        self.recent.clear();
    }

    pub(super) fn recent(&self) -> Vec<Value> {
        self.recent.iter().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    pub(super) fn write(&mut self, call: &Call<'_>, body: Option<&Value>, answer: &Answer, notes: &Notes) {
        let text =
            |names: &[&str]| names.iter().find_map(|name| body?.get(*name)?.as_str().map(str::to_owned));
        let (status, code) = answer.reply.outcome();
        let named = text(&["ProvisionedProductName", "Name"]).filter(|_| about_provisioned(call.operation));
        let id = text(&["ProvisionedProductId", "Id"]).filter(|id| id.starts_with("pp-"));
        let line = json!({
            "virtual_time": answer.now as f64 / 1000.0,
            "wall_time": call.wall as f64 / 1000.0,
            "operation": call.operation,
            "account": call.caller.account_id,
            "region": call.caller.region,
            "http_status": status,
            "error_code": code,
            "token": text(&TOKENS),
            "provisioned_product_name": notes.provisioned_name.clone().or(named),
            "provisioned_product_id": notes.provisioned_id.clone().or(id),
            "record_id": notes.record_id.clone().or_else(|| text(&["Id"]).filter(|id| id.starts_with("rec-"))),
            "product_id": notes.product_id.clone().or_else(|| text(&["ProductId", "ProductName"])),
            "provisioning_artifact_id":
                notes.artifact_id.clone().or_else(|| text(&ARTIFACT)),
            "body_digest": ids::digest_bytes(call.body),
            "fault": (!notes.faults.is_empty()).then(|| notes.faults.join("; ")),
        });
        let line = format!("{line}\n");
        self.make_room(line.len() as u64);
        if let Some(file) = &mut self.file {
            // a full disk must not turn answers into failures: this is for looking, the journal for keeping
            let _ = file.write_all(line.as_bytes());
        }
        self.recent.push_back(line);
        if self.recent.len() > KEPT {
            self.recent.pop_front();
        }
    }
}

fn open(folder: &Folder) -> Result<File, SandboxError> {
    folder.file(NAME, OFlags::WRONLY | OFlags::APPEND)
}

fn about_provisioned(operation: &str) -> bool {
    operation != "DescribeProduct" && operation != "DescribeProductAsAdmin"
}

/// The provisioned product's name and the product that a request is about, as far as it says.
pub(super) fn subject(world: &World, body: &Value) -> (String, String) {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let id = [text("ProvisionedProductId"), text("Id")].into_iter().find(|id| id.starts_with("pp-"));
    let by_id = id.and_then(|id| world.provisioned(id));
    let record = world.record(text("Id")).or_else(|| world.record(text("RecordId")));
    let plan = world.plan(text("PlanId"));
    let owner = record.map(|it| &it.provisioned_id).or(plan.map(|it| &it.provisioned_id));
    let by_record = owner.and_then(|id| world.provisioned(id));
    let name = match by_id.or(by_record) {
        Some(product) => product.name.clone(),
        None => [text("ProvisionedProductName"), text("Name")]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or_default()
            .to_owned(),
    };
    let product = [text("ProductId"), text("ProductName")].into_iter().find(|id| !id.is_empty());
    let own =
        by_id.or_else(|| world.provisioned_named(&name)).map(|product| product.state.product_id.clone());
    (name, product.map(str::to_owned).or(own).unwrap_or_default())
}
