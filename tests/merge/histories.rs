//! Lives by chance: who leaves and returns, and whose files are merged and taken apart, is as before.

use chrono::Days;
use entities::{ChildId, DepartureId, words::DepartureReason};
use starbridge::{
    children::departure::service::{NewDeparture, depart, undo},
    merging::{
        fields::Field,
        service::{self, Side, Union},
        undoing::{self, Undone},
    },
    platform::Actor,
};

use super::{Born, born, file, pair_of, register};
use crate::support::{
    TestApp,
    dice::Dice,
    dump::{Dump, dump, same, same_rows},
    life::live_through,
    story,
};

async fn leave(app: &TestApp, by: &Actor, id: ChildId, dice: &mut Dice) -> DepartureId {
    let back = u64::try_from(dice.below(100)).unwrap();
    let leaving = NewDeparture {
        reason: dice.pick(DepartureReason::ALL),
        left_on: by.today() - Days::new(back),
        note: None,
    };
    depart(&app.app, by, id, &leaving).await.unwrap()
}

/// The departure itself stays written down, and referrals have steps there and back; nothing else is left of it.
#[track_caller]
fn as_if_nobody_had_left(before: &Dump, after: &Dump) {
    for (table, rows) in before {
        match table.as_str() {
            "departure" => {}
            "referral_step" => assert!(rows.iter().all(|step| after[table].contains(step))),
            _ => same_rows(table, rows, &after[table]),
        }
    }
}

#[tokio::test]
async fn who_leaves_and_returns_is_as_before() {
    story(|app| async move {
        let by = app.actor("screener").await;
        for seed in 0..60u64 {
            let mut dice = Dice(seed * 104_729 + 3);
            let id = register(&app, "screener", born("王小雨")).await;
            live_through(&app, id, &mut dice).await;
            let before = dump(&app).await;
            let departure = leave(&app, &by, id, &mut dice).await;
            assert_ne!(before["child"], dump(&app).await["child"], "seed {seed}");
            undo(&app.app, &by, id, departure).await.unwrap();
            as_if_nobody_had_left(&before, &dump(&app).await);
        }
    })
    .await;
}

#[tokio::test]
async fn files_are_merged_and_taken_apart_whether_their_children_are_here_or_not() {
    for seed in 0..12u64 {
        story(|app| async move {
            let mut dice = Dice(seed * 7_907 + 5);
            let by = app.actor("federation").await;
            let first = register(&app, "screener", born("王小雨")).await;
            let second = Born {
                division: dice.pick(&["330211004", "330211003"]),
                mother: dice.pick(&["王芳", "李静"]),
                ..born("王小雨")
            };
            let second = register(&app, "screener", second).await;
            for id in [first, second] {
                live_through(&app, id, &mut dice).await;
            }
            let pair = pair_of(&app, first, second).await;
            let here = dump(&app).await;
            let mut left = Vec::new();
            if dice.below(2) == 0 {
                for id in [first, second] {
                    left.push((id, leave(&app, &by, id, &mut dice).await));
                }
            }
            let apart = dump(&app).await;
            let how = Union {
                version: pair.version.into(),
                files: (
                    file(&app, first).await.version.into(),
                    file(&app, second).await.version.into(),
                ),
                survivor: dice.pick(&[Side::First, Side::Second]),
                from_second: Field::ALL.iter().copied().filter(|_| dice.below(2) == 0).collect(),
            };
            let merge = service::merge(&app.app, &by, pair.id, &how).await.unwrap();
            assert_ne!(apart, dump(&app).await, "seed {seed}");
            assert_eq!(undoing::undo(&app.app, &by, merge).await.unwrap(), Undone::Done);
            same(&apart, &dump(&app).await);
            for (id, departure) in left {
                undo(&app.app, &by, id, departure).await.unwrap();
            }
            as_if_nobody_had_left(&here, &dump(&app).await);
        })
        .await;
    }
}
