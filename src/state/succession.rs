//! What may take the place of a whole state, and what a state is that goes back to an earlier one. Pure.

use std::collections::BTreeMap;

use super::{Birth, Recorded, Row, StateError, TOKENS_KEPT};
use provisor_model::ids::{Address, Token};

impl Recorded {
    /// Whether another state may be put in this one's place: the same one, and no older. A state in which nothing was ever
    /// committed gives way to any.
    ///
    /// # Errors
    /// [`StateError::Corrupt`] for a foreign lineage or an older serial; [`StateError::Invalid`] for what breaks a rule.
    pub fn may_be_replaced(&self, pushed: &Self) -> Result<(), StateError> {
        self.is_of_one_lineage(pushed)?;
        pushed.is_plausible()?;
        if pushed.serial < self.serial {
            let reason = format!("it has serial {}, the store {}", pushed.serial, self.serial);
            return Err(unfit(
                reason,
                "`provisor state pull` gives the newest; `provisor state restore` goes back on purpose",
            ));
        }
        pushed.verify()
    }

    /// Whether one may go back to an earlier state of one's own. What was sent is never dropped: nothing is under way then.
    ///
    /// # Errors
    /// [`StateError::Corrupt`] for a foreign lineage; [`StateError::Invalid`] for a row whose operation is under way.
    pub fn may_go_back(&self, then: &Self) -> Result<(), StateError> {
        self.is_of_one_lineage(then)?;
        match self.rows.iter().find(|(_, row)| row.intent.is_some()) {
            Some((address, _)) => {
                let reason = "an operation is under way".to_owned();
                Err(StateError::Invalid { address: address.clone(), reason })
            }
            None => Ok(()),
        }
    }

    /// Whether a state that somebody has edited may follow: rows that stand for one provisioned product would take it from each
    /// other, and what is under way is forgotten by nobody.
    ///
    /// # Errors
    /// [`StateError::Invalid`] with the first row that does.
    pub fn may_be_followed_by(&self, pushed: &Self) -> Result<(), StateError> {
        let mut bound = BTreeMap::new();
        for (address, row) in &pushed.rows {
            let Some(binding) = &row.binding else { continue };
            if let Some(other) = bound.insert((&row.home.account, &row.home.region, &binding.id), address) {
                let reason = format!("`{address}` and `{other}` both stand for {}", binding.id);
                return Err(unfit(
                    reason,
                    "a provisioned product belongs to one address: leave one of the rows out",
                ));
            }
        }
        let stays = |row: &Row| {
            let birth = row.version.birth;
            let mut same = pushed.rows.values().filter(|other| other.version.birth == birth);
            same.any(|other| other.intent == row.intent)
        };
        let loses = |(_, row): &(&Address, &Row)| row.intent.is_some() && !stays(row);
        match self.rows.iter().find(loses) {
            Some((address, _)) => {
                let reason = "an operation is under way: an apply finishes it first".to_owned();
                Err(StateError::Invalid { address: address.clone(), reason })
            }
            None => Ok(()),
        }
    }

    fn is_of_one_lineage(&self, other: &Self) -> Result<(), StateError> {
        if self.lineage == other.lineage || self.serial == 0 {
            return Ok(());
        }
        let reason = format!("it is of state {}, the store of {}", other.lineage, self.lineage);
        Err(unfit(reason, "a new store, in another folder, takes over any state"))
    }

    /// What this state is when it says again what an earlier one said. What was learned since of operations stays known: a
    /// row goes on counting them, its tokens are remembered, and what came to its end is not under way again.
    #[must_use]
    pub fn gone_back(&self, mut then: Self) -> Self {
        let stands: BTreeMap<Birth, &Row> = self.rows.values().map(|row| (row.version.birth, row)).collect();
        let stones: BTreeMap<Birth, &[Token]> =
            self.tombstones.values().map(|stone| (stone.version.birth, stone.tokens.as_slice())).collect();
        for row in then.rows.values_mut() {
            let birth = row.version.birth;
            match (stands.get(&birth), stones.get(&birth)) {
                (Some(now), _) => row.catch_up(now),
                (None, Some(tokens)) => row.remember(*tokens),
                (None, None) => {}
            }
        }
        let stones = self.tombstones.iter().filter(|(address, _)| !then.rows.contains_key(*address));
        then.tombstones.extend(stones.map(|(address, stone)| (address.clone(), stone.clone())));
        Self { serial: self.serial, ..then }
    }
}

impl Row {
    /// Takes over what a later state of the same row knows of operations.
    fn catch_up(&mut self, now: &Self) {
        let then: Vec<Token> = self.tokens.iter().map(|(_, token)| token.clone()).collect();
        let known: BTreeMap<u64, Token> = self.tokens.drain(..).chain(now.tokens.iter().cloned()).collect();
        self.tokens = known.into_iter().collect();
        let surplus = self.tokens.len().saturating_sub(TOKENS_KEPT);
        self.tokens.drain(..surplus);
        self.op_no = self.op_no.max(now.op_no);
        self.version.n = self.version.n.max(now.version.n);
        self.remember(then.iter().chain(&now.earlier));
    }

    /// Nothing is under way any more, and these tokens are known.
    fn remember<'t>(&mut self, tokens: impl IntoIterator<Item = &'t Token>) {
        self.intent = None;
        for token in tokens {
            let is_known = self.earlier.contains(token) || self.tokens.iter().any(|(_, own)| own == token);
            if !is_known {
                self.earlier.push(token.clone());
            }
        }
        self.earlier.retain(|token| self.tokens.iter().all(|(_, own)| own != token));
        let surplus = self.earlier.len().saturating_sub(TOKENS_KEPT);
        self.earlier.drain(..surplus);
    }
}

fn unfit(reason: String, hint: &str) -> StateError {
    StateError::Corrupt { reason, hint: hint.to_owned() }
}
