//! The cost kept up with each step is the cost counted anew.

use super::{absence, counted, disturbed, made, open_only, r60, week};
use crate::{
    engine::{
        anneal,
        model::Model,
        search::{Scope, Search},
        snapshot::Snapshot,
        state::State,
        substitute,
    },
    score::{score, score_repair},
};

#[test]
fn the_engine_counts_as_the_referee_after_any_moves() {
    for seed in 0..12 {
        let p = disturbed(seed);
        let m = Model::new(&p);
        let state = made(&m, seed);
        let mut search = Search::new(&m, state, Scope::all(&m), seed);
        let wheel = anneal::wheel();
        for round in 0..15 {
            for i in 0..200 {
                let heat = [0.5, 5.0, 500.0][round % 3];
                anneal::step(&mut search, &wheel, heat);
                if i % 10 == 0 {
                    search.look();
                    anneal::forced(&mut search, heat);
                }
            }
            let referee = score(&p, &search.state.solution(&m));
            open_only(&referee);
            assert_eq!(referee.soft_cost(), search.state.soft, "seed {seed} round {round}");
            assert_eq!(
                counted(&referee),
                search.state.missing,
                "seed {seed} round {round}: {:?}",
                referee.hard
            );
        }
    }
}

#[test]
fn what_is_undone_leaves_no_trace() {
    let p = disturbed(3);
    let m = Model::new(&p);
    let mut search = Search::new(&m, made(&m, 3), Scope::all(&m), 3);
    let before = (
        search.state.solution(&m),
        search.state.goal(),
        search.state.missing,
        search.state.soft,
    );
    let moves: [fn(&mut Search<'_, '_>) -> bool; 11] = [
        |s| s.shift(),
        |s| s.push(),
        |s| s.hand_over(),
        |s| s.relead(),
        |s| s.swap_leads(),
        |s| s.rebuild(),
        |s| s.ruin(),
        |s| s.reroom(),
        |s| s.rewatch(),
        |s| s.regroup(),
        |s| s.force(),
    ];
    let mut done = [0; 11];
    for i in 0..20_000 {
        search.keep();
        search.look();
        done[i % 11] += u32::from(moves[i % 11](&mut search));
        search.undo();
        let after = (search.state.goal(), search.state.missing, search.state.soft);
        assert_eq!(after, (before.1, before.2, before.3), "move {}", i % 11);
    }
    assert_eq!(search.state.solution(&m), before.0);
    assert!(
        done.iter().filter(|&&n| n > 0).count() >= 9,
        "every kind of move is possible here: {done:?}"
    );
}

#[test]
fn a_price_is_what_the_step_then_costs() {
    let p = disturbed(9);
    let baseline = {
        let m = Model::new(&p);
        made(&m, 9).solution(&m)
    };
    let event = absence(&p, &baseline, &mut fastrand::Rng::with_seed(9));
    for m in [Model::new(&p), Model::for_event(&p, &event, false)] {
        let mut search = Search::new(&m, State::adopt(&m, &baseline), Scope::all(&m), 9);
        let wheel = anneal::wheel();
        let mut seen = 0;
        for _ in 0..4_000 {
            anneal::step(&mut search, &wheel, 300.0);
            let sid = search.rng.usize(0..m.task_of.len());
            let old = search.state.spots[sid];
            if !old.is_set() || m.fixed[sid].frozen {
                continue;
            }
            search.take(sid);
            if let Some((price, spot)) = search.best_spot(sid, old.teacher, 1_000) {
                let before = search.state.goal();
                search.put(sid, spot);
                assert_eq!(search.state.goal() - before, price);
                seen += 1;
            }
            search.undo();
        }
        assert!(seen > 500, "{seen}");
    }
}

#[test]
fn a_repair_counts_changes_as_the_referee_after_any_moves() {
    let p = r60();
    let baseline = week(&p, 20_000, 2);
    for seed in 0..6 {
        let event = absence(&p, &baseline, &mut fastrand::Rng::with_seed(seed));
        let m = Model::for_event(&p, &event, false);
        let mut search = Search::new(&m, State::adopt(&m, &baseline), Scope::all(&m), seed);
        let wheel = anneal::wheel();
        for round in 0..10 {
            for _ in 0..100 {
                search.look();
                search.allow(3_000.0);
                let moved = substitute::replace(&mut search);
                anneal::decide(&mut search, moved);
                anneal::step(&mut search, &wheel, 3_000.0);
            }
            let solution = search.state.solution(&m);
            let change = score_repair(&p, &solution, &event).change.unwrap();
            assert_eq!(
                search.state.change, change.perturbation_cost,
                "seed {seed} round {round}"
            );
            assert_eq!(usize::try_from(search.state.families), Ok(change.families_moved));
            assert_eq!(
                usize::try_from(search.state.relocated),
                Ok(super::repairs::relocated(&p, &solution, &event).len())
            );
        }
    }
}

#[test]
fn a_snapshot_brings_back_what_it_was_taken_of() {
    let p = disturbed(5);
    let m = Model::new(&p);
    let mut search = Search::new(&m, made(&m, 5), Scope::all(&m), 5);
    let wheel = anneal::wheel();
    for _ in 0..20 {
        let (snapshot, before) = (Snapshot::of(&search), search.state.solution(&m));
        for _ in 0..300 {
            search.look();
            anneal::forced(&mut search, 500.0);
            anneal::step(&mut search, &wheel, 500.0);
        }
        assert_ne!(search.state.solution(&m), before);
        let after = search.scope.clone();
        snapshot.restore(&m, &after, &mut search.state);
        assert_eq!(search.state.solution(&m), before);
        assert_eq!(search.state.rank(), snapshot.rank);
        anneal::step(&mut search, &wheel, 500.0);
        search.keep();
    }
}
