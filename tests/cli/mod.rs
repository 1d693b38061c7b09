//! The binary, from outside: each test makes an infra repo of its own, runs commands in it, and looks at exit codes,
//! streams, files and the sandbox's log. Nothing of the library is used here.

mod stack_sets;
pub mod support;

mod access;
mod advice;
mod basics;
mod busy;
mod cases;
mod catalog;
mod codes;
mod complete;
mod declarations;
mod doctor;
mod documents;
mod endings;
mod examples;
mod externals;
mod faults;
mod files;
mod format_1;
mod guessed_plans;
mod guesses;
mod imports;
mod kept;
mod kills;
mod late;
mod misled;
mod mistakes;
mod moved;
mod orders;
mod outside;
mod plans;
mod prompt;
mod refused;
mod saved;
mod secrets;
mod selection;
mod served;
mod size;
mod standing;
mod surgery;
mod together;
mod trust;
mod trusted;
mod unclaimed;
