//! Where in sandbox.yaml a value stands: path -> line and column. Knows nothing of what values mean.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser};

/// Line and column, both from 1.
pub(crate) type Position = (usize, usize);

enum Frame {
    Mapping { key: Option<String> },
    Sequence { next: usize },
}

/// Positions of every value, by paths like `portfolios[0].products[1].name`.
pub(crate) fn positions(text: &str) -> BTreeMap<String, Position> {
    let mut found = BTreeMap::new();
    let mut frames: Vec<Frame> = Vec::new();
    let mut path: Vec<String> = Vec::new();
    for event in Parser::new_from_str(text) {
        let Ok((event, span)) = event else { break };
        let at = (span.start.line(), span.start.col() + 1);
        match event {
            Event::Scalar(value, ..) => {
                if let Some(Frame::Mapping { key: key @ None }) = frames.last_mut() {
                    *key = Some(value.into_owned());
                } else {
                    enter(&mut frames, &mut path);
                    found.insert(path.concat(), at);
                    path.pop();
                }
            }
            Event::Alias(_) => {
                enter(&mut frames, &mut path);
                path.pop();
            }
            Event::MappingStart(..) | Event::SequenceStart(..) => {
                enter(&mut frames, &mut path);
                found.insert(path.concat(), at);
                frames.push(match event {
                    Event::MappingStart(..) => Frame::Mapping { key: None },
                    _ => Frame::Sequence { next: 0 },
                });
            }
            Event::MappingEnd | Event::SequenceEnd => {
                frames.pop();
                path.pop();
            }
            _ => {}
        }
    }
    found
}

fn enter(frames: &mut [Frame], path: &mut Vec<String>) {
    path.push(match frames.last_mut() {
        None => String::new(),
        Some(Frame::Sequence { next }) => {
            *next += 1;
            format!("[{}]", *next - 1)
        }
        Some(Frame::Mapping { key }) => {
            let key = key.take().unwrap_or_default();
            if path.iter().all(String::is_empty) { key } else { format!(".{key}") }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::positions;

    #[test]
    fn paths_lead_to_lines_and_columns() {
        let text = "account_id: '1'\nportfolios:\n  - name: a\n    products:\n      - {name: x, id: y}\n      - name: z";
        let found = positions(text);
        let rows = [
            ("account_id", (1, 13)),
            ("portfolios[0].name", (3, 11)),
            ("portfolios[0].products[0].id", (5, 23)),
            ("portfolios[0].products[1].name", (6, 15)),
        ];
        for (path, at) in rows {
            assert_eq!(found.get(path), Some(&at), "{path}");
        }
    }
}
