//! The picture of docs/SOLVER.md: the cost of the best timetable over time.

use std::fmt::Write as _;

use crate::{Week, sizes, table};

/// Sizes that are drawn, side by side.
const DRAWN: [&str; 2] = ["r60", "r300"];
const LINES: [&str; 4] = ["#d9822b", "#2b8a9d", "#7a5bbf", "#4f8f3a"];
const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 330.0;
/// Where the panels' frames stand.
const PANEL: (f64, f64) = (370.0, 230.0);
const LEFT: f64 = 60.0;
const TOP: f64 = 40.0;
const STEP: f64 = 450.0;
/// The first instant that is drawn; time is drawn by its logarithm.
const FIRST: f64 = 0.02;

/// Draw it; where it was left, or nothing when the sizes were not measured. A run as it is meant to be replaces the picture
/// of the documentation.
pub(crate) fn draw(weeks: &[Week]) -> Option<String> {
    let drawn: Vec<&Week> = DRAWN
        .iter()
        .filter_map(|name| weeks.iter().find(|w| w.size.name == *name && !w.searches.is_empty()))
        .collect();
    if drawn.len() < DRAWN.len() {
        return None;
    }
    let full = drawn.iter().all(|week| week.searches.len() >= 3);
    let path = if full {
        format!("{}/../docs/images/solver-cost.svg", env!("CARGO_MANIFEST_DIR"))
    } else {
        sizes::place().join("solver-cost.svg").display().to_string()
    };
    std::fs::write(&path, svg(&drawn)).ok()?;
    Some(path)
}

fn svg(weeks: &[&Week]) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"12\" fill=\"#808080\">\n<title>Cost of the best timetable over time</title>\n"
    );
    for (i, week) in weeks.iter().enumerate() {
        let _ = writeln!(out, "<g transform=\"translate({} {TOP})\">", LEFT + STEP * i as f64);
        panel(&mut out, week);
        out.push_str("</g>\n");
    }
    out.push_str("</svg>\n");
    out
}

fn panel(out: &mut String, week: &Week) {
    let (width, height) = PANEL;
    let last = week.searches.iter().map(|(s, _)| *s).fold(FIRST * 10.0, f64::max);
    let costs = || {
        let points = week.searches.iter().flat_map(|(_, report)| &report.points);
        points
            .filter(|(_, missing, _)| *missing == 0)
            .map(|(_, _, cost)| *cost as f64)
    };
    let wanted = || {
        week.searches
            .iter()
            .filter_map(|(s, _)| Some((*s, week.size.cost(*s)? as f64)))
    };
    let highest = costs().chain(wanted().map(|(_, c)| c)).fold(1.0, f64::max);
    let lowest = week.bound as f64;
    let grain = grain(highest - lowest);
    let (floor, roof) = ((lowest / grain).floor() * grain, (highest / grain).ceil() * grain);
    let x = |at: f64| (at.max(FIRST) / FIRST).ln() / (last / FIRST).ln() * width;
    let y = |cost: f64| height - (cost - floor) / (roof - floor).max(1.0) * height;

    let title = format!("{}: {}", week.size.name, week.size.describe());
    let _ = writeln!(out, "<text x=\"0\" y=\"-14\" font-weight=\"bold\">{title}</text>");
    let mut tick = floor;
    while tick <= roof {
        let (at, text) = (y(tick), table::grouped(tick as i64));
        let _ = writeln!(
            out,
            "<path d=\"M0 {at:.1}H{width}\" stroke=\"#808080\" stroke-opacity=\".3\"/>\
             <text x=\"-6\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>",
            at + 4.0
        );
        tick += grain;
    }
    for at in [0.02, 0.1, 1.0, 10.0, 60.0].into_iter().filter(|at| *at <= last) {
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{at} s</text>",
            x(at),
            height + 18.0
        );
    }
    let _ = writeln!(
        out,
        "<path d=\"M0 {0:.1}H{width}\" stroke=\"#808080\" stroke-dasharray=\"2 4\"/>\
         <text x=\"{1}\" y=\"{2:.1}\" text-anchor=\"end\">never below {3}</text>",
        y(lowest),
        width - 4.0,
        y(lowest) - 5.0,
        table::grouped(week.bound)
    );
    for ((seconds, report), colour) in week.searches.iter().zip(LINES.iter().cycle()) {
        let mut path = String::new();
        let mut before = None;
        for (at, _, cost) in report.points.iter().filter(|(_, missing, _)| *missing == 0) {
            let (px, py) = (x(*at), y(*cost as f64));
            match before {
                None => {
                    let _ = write!(path, "M{px:.1} {py:.1}");
                }
                // The best stays until a better one is told of.
                Some(height) if height != format!("{py:.1}") => {
                    let _ = write!(path, "H{px:.1}V{py:.1}");
                }
                Some(_) => {}
            }
            before = Some(format!("{py:.1}"));
        }
        if path.is_empty() {
            continue;
        }
        let _ = writeln!(
            out,
            "<path d=\"{path}H{:.1}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-linejoin=\"round\"/>",
            x(report.points.last().map_or(*seconds, |(at, _, _)| at.max(*seconds)))
        );
        if let Some(cost) = week.size.cost(*seconds) {
            let _ = writeln!(
                out,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.5\"/>",
                x(*seconds),
                y(cost as f64)
            );
        }
    }
    let mut at = 0.0;
    for ((seconds, _), colour) in week.searches.iter().zip(LINES.iter().cycle()) {
        let _ = writeln!(
            out,
            "<text x=\"{at}\" y=\"{}\" fill=\"{colour}\">{seconds} s in all</text>",
            height + 42.0
        );
        at += 90.0;
    }
    let _ = writeln!(out, "<text x=\"{at}\" y=\"{}\">○ to be reached</text>", height + 42.0);
}

/// A round distance between lines, for some five of them.
fn grain(span: f64) -> f64 {
    let rough = (span / 5.0).max(1.0);
    let power = 10.0_f64.powf(rough.log10().floor());
    let lead = rough / power;
    let round = if lead > 5.0 {
        10.0
    } else if lead > 2.0 {
        5.0
    } else if lead > 1.0 {
        2.0
    } else {
        1.0
    };
    power * round
}
