//! Greatest flow and least cut: what can be had of what is wanted, and which wishes are too many together.

#![allow(
    clippy::indexing_slicing,
    reason = "nodes and arcs are numbered by the network itself"
)]

/// A network of nodes and arcs with capacities.
#[derive(Default)]
pub(crate) struct Flow {
    arcs: Vec<Arc>,
    /// The latest arc out of every node.
    last: Vec<usize>,
    level: Vec<u32>,
    next: Vec<usize>,
}

struct Arc {
    to: usize,
    /// What may still flow.
    rest: u32,
    /// The arc of the same node before this one.
    before: usize,
}

const END: usize = usize::MAX;
const FAR: u32 = u32::MAX;

impl Flow {
    /// One more node.
    pub(crate) fn node(&mut self) -> usize {
        self.last.push(END);
        self.last.len() - 1
    }

    /// An arc; its number is for [`Flow::rest`].
    pub(crate) fn arc(&mut self, from: usize, to: usize, capacity: u32) -> usize {
        let number = self.arcs.len();
        for (a, b, rest) in [(from, to, capacity), (to, from, 0)] {
            self.arcs.push(Arc {
                to: b,
                rest,
                before: self.last[a],
            });
            self.last[a] = self.arcs.len() - 1;
        }
        number
    }

    /// What an arc could still take.
    pub(crate) fn rest(&self, arc: usize) -> u32 {
        self.arcs[arc].rest
    }

    /// Let as much flow as can; how much it was.
    pub(crate) fn run(&mut self, source: usize, sink: usize) -> u32 {
        let mut sum = 0;
        while self.levels(source, sink) {
            self.next.clone_from(&self.last);
            sum += self.fill(source, sink);
        }
        sum
    }

    /// Arcs from the source to every node; whether the sink is reached.
    fn levels(&mut self, source: usize, sink: usize) -> bool {
        self.level.clear();
        self.level.resize(self.last.len(), FAR);
        self.level[source] = 0;
        let mut queue = vec![source];
        let mut at = 0;
        while let Some(&node) = queue.get(at) {
            at += 1;
            if self.level[node] >= self.level[sink] {
                break;
            }
            let mut arc = self.last[node];
            while arc != END {
                let Arc { to, rest, before } = self.arcs[arc];
                if rest > 0 && self.level[to] == FAR {
                    self.level[to] = self.level[node] + 1;
                    queue.push(to);
                }
                arc = before;
            }
        }
        self.level[sink] != FAR
    }

    /// All paths from level to level that still take something.
    fn fill(&mut self, source: usize, sink: usize) -> u32 {
        let mut sum = 0;
        let mut path: Vec<usize> = Vec::new();
        let mut node = source;
        loop {
            if node == sink {
                let least = path.iter().map(|&a| self.arcs[a].rest).min().unwrap_or(0);
                sum += least;
                let mut full = 0;
                for (i, &arc) in path.iter().enumerate().rev() {
                    self.arcs[arc].rest -= least;
                    self.arcs[arc ^ 1].rest += least;
                    if self.arcs[arc].rest == 0 {
                        full = i;
                    }
                }
                // On from where the path is full now.
                node = self.arcs[path[full] ^ 1].to;
                path.truncate(full);
            }
            let arc = self.next[node];
            if arc == END {
                // A dead end: one step back, and never here again.
                let Some(came) = path.pop() else { return sum };
                node = self.arcs[came ^ 1].to;
                self.next[node] = self.arcs[came].before;
                continue;
            }
            let Arc { to, rest, before } = self.arcs[arc];
            if rest > 0 && self.level[to] == self.level[node] + 1 {
                path.push(arc);
                node = to;
            } else {
                self.next[node] = before;
            }
        }
    }

    /// After [`Flow::run`]: the source's side of the least cut in its connected parts, by node; [`None`] on the sink's
    /// side. The source itself joins no parts.
    pub(crate) fn cut(&self, source: usize) -> Vec<Option<usize>> {
        let mut part = vec![None; self.last.len()];
        let mut parts = 0;
        let mut first = self.last[source];
        while first != END {
            let Arc { to, rest, before } = self.arcs[first];
            first = before;
            if rest == 0 || part[to].is_some() {
                continue;
            }
            // What is reached from two sides is one part: the later takes over the earlier.
            let mut merged = Vec::new();
            let mut queue = vec![to];
            part[to] = Some(parts);
            while let Some(node) = queue.pop() {
                let mut arc = self.last[node];
                while arc != END {
                    let Arc { to, rest, before } = self.arcs[arc];
                    arc = before;
                    if rest == 0 || to == source {
                        continue;
                    }
                    match part[to] {
                        Some(other) if other != parts => merged.push(other),
                        Some(_) => {}
                        None => {
                            part[to] = Some(parts);
                            queue.push(to);
                        }
                    }
                }
            }
            if !merged.is_empty() {
                for p in &mut part {
                    if p.is_some_and(|p| merged.contains(&p)) {
                        *p = Some(parts);
                    }
                }
            }
            parts += 1;
        }
        part
    }
}

#[cfg(test)]
mod tests {
    use super::Flow;

    #[test]
    fn as_much_flows_as_the_least_cut_lets_through() {
        let mut flow = Flow::default();
        let nodes: Vec<usize> = (0..6).map(|_| flow.node()).collect();
        for (a, b, c) in [
            (0, 1, 10),
            (0, 2, 10),
            (1, 2, 2),
            (1, 3, 4),
            (1, 4, 8),
            (2, 4, 9),
            (4, 3, 6),
            (3, 5, 10),
            (4, 5, 10),
        ] {
            flow.arc(nodes[a], nodes[b], c);
        }
        assert_eq!(flow.run(0, 5), 19);
        let part = flow.cut(0);
        assert!(part[5].is_none() && part[2].is_some());
    }

    #[test]
    fn two_shortages_are_two_parts() {
        let mut flow = Flow::default();
        let (s, t) = (flow.node(), flow.node());
        let ends: Vec<usize> = (0..3)
            .map(|i| {
                let (a, b) = (flow.node(), flow.node());
                flow.arc(s, a, 3);
                flow.arc(a, b, 9);
                flow.arc(b, t, if i == 1 { 3 } else { 2 });
                a
            })
            .collect();
        assert_eq!(flow.run(s, t), 7);
        let part = flow.cut(s);
        assert!(part[ends[0]].is_some() && part[ends[1]].is_none() && part[ends[2]].is_some());
        assert_ne!(part[ends[0]], part[ends[2]]);
    }
}
