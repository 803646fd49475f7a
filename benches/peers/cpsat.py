#!/usr/bin/env python3
"""Google's CP-SAT on a week: every rule and every cost of solver/reference/problem.md as it stands there.

  cpsat.py WEEK.json [--seconds 60] [--workers 1] [--seed 1] [--out TIMETABLE.json]

The model is a plain one, on true-or-false variables: a start of an order by a lead, a room of a start, a place in a
group, a watched session.  Nothing is left out and nothing is decided beforehand; no hint is given, and CP-SAT runs with
its own settings but for the number of workers, the time and the seed.  The time is that of the search alone, without
building the model.  Prints a name and a figure a line; the timetable is written when there is one.
"""
import argparse
import json
import resource
import time
from collections import defaultdict
from importlib.metadata import version

from ortools.sat.python import cp_model


class Week:
    """The variables and rules of one week."""

    def __init__(self, week):
        self.week, self.model = week, cp_model.CpModel()
        grid = week["grid"]
        self.days, self.slots, self.blocks = range(grid["days"]), range(grid["slots_per_day"]), grid["blocks"]
        self.begin, self.step = grid["slot_start_min"], grid["slot_minutes"]
        self.cost = []  # (weight, variable)
        self.weights = week["weights"]
        self.teachers, self.children = week["teachers"], week["children"]
        self.child_busy = defaultdict(list)  # (child, day, slot) -> variables, at most one of which holds
        self.teacher_busy = defaultdict(list)  # (teacher, day, slot) -> (variable, site)
        self.room_busy = defaultdict(list)  # (room, day, slot) -> variables
        self.load = defaultdict(list)  # teacher -> (variable, slots)
        self.start, self.lead, self.room, self.second = {}, {}, {}, {}  # (task, day, start[, who or where])
        self.member, self.watch = {}, {}
        self.tasks = [("o", o["id"]) for o in week["orders"]] + [("g", g["id"]) for g in week["groups"]]
        self.members_of_groups()
        for task in self.tasks:
            self.sessions(task)
        self.watching()
        self.rooms_hold_one()
        for child in self.children:
            self.child_days(child)
        for teacher in self.teachers:
            self.teacher_days(teacher)
        weights, variables = zip(*self.cost)
        self.model.minimize(cp_model.LinearExpr.weighted_sum(variables, weights))

    # ---- words

    def bool(self):
        return self.model.new_bool_var("")

    def pay(self, term, var):
        if self.weights[term]:
            self.cost.append((self.weights[term], var))

    def of(self, task):
        kind, i = task
        return self.week["orders"][i] if kind == "o" else self.week["groups"][i]

    def site(self, task):
        series = self.of(task)
        return self.children[series["child"]]["site"] if task[0] == "o" else series["site"]

    def block(self, slot):
        return next(i for i, (a, b) in enumerate(self.blocks) if a <= slot < b)

    def any_of(self, variables):
        """True when one of them is, and only then where that is cheaper."""
        var = self.bool()
        for other in variables:
            self.model.add_implication(other, var)
        return var

    @staticmethod
    def free(avail, start, dur):
        span = ((1 << dur) - 1) << start
        return avail & span == span

    # ---- decisions

    def members_of_groups(self):  # H16
        m, groups = self.model, self.week["groups"]
        inside = defaultdict(list)
        same = defaultdict(list)
        for place in self.week["group_orders"]:
            child, choices = self.children[place["child"]], []
            for g in groups:
                fits = (g["service"] == place["service"] and g["site"] == child["site"]
                        and g["age"][0] <= child["age_months"] <= g["age"][1]
                        and g["level"][0] <= child["level"] <= g["level"][1])
                if fits:
                    var = self.bool()
                    self.member[place["id"], g["id"]] = var
                    choices.append(var)
                    inside[g["id"]].append((child["id"], var))
                    same[child["id"], g["id"]].append(var)
            m.add_exactly_one(choices)
        for variables in same.values():
            m.add_at_most_one(variables)
        for g in groups:
            size = sum(var for _, var in inside[g["id"]])
            m.add_linear_constraint(size, g["min_size"], g["max_size"])
        self.inside = inside

    def sessions(self, task):
        """H1, H5, H6, H7, H8, H10, H12, H17 of one order or group, and what it costs by itself."""
        m, series, site = self.model, self.of(task), self.site(task)
        service, dur = self.week["services"][series["service"]], series["dur"]
        group = task[0] == "g"
        kids = [] if group else [self.children[series["child"]]]
        excluded = {t for c in kids for t in c["exclude"]}
        here = [t for t in self.teachers if site in t["sites"] and t["id"] not in excluded]
        least = max(1, series["min_level"])
        leads = [t for t in here if t["qual"].get(str(series["service"]), 0) >= least]
        assistants = [t for t in here if series["service"] in t["assist"]] if group and service["assistants"] else []
        rooms = [r for r in self.week["rooms"] if r["type"] == service["room_type"] and r["site"] == site]
        leading = {t["id"]: self.bool() for t in leads}
        housed = {r["id"]: self.bool() for r in rooms}
        by_start, by_half = defaultdict(list), defaultdict(list)
        for d in self.days:
            for a, b in self.blocks:
                for u in range(a, b - dur + 1):
                    if not all(self.free(c["avail"][d], u, dur) for c in kids):
                        continue
                    able = [t for t in leads if self.free(t["avail"][d], u, dur)]
                    if not able:
                        continue
                    x = self.start[task, d, u] = self.bool()
                    by_start[u].append(x)
                    by_half[d, self.block(u)].append(x)
                    led = []
                    for t in able:
                        p = self.lead[task, d, u, t["id"]] = self.bool()
                        led.append(p)
                        m.add_implication(p, leading[t["id"]])
                        self.busy_teacher(t["id"], d, u, dur, site, p)
                        if series["prev_teacher"] not in (None, t["id"]):
                            self.pay("S2_not_prev_teacher", p)
                    m.add(sum(led) == x)
                    if assistants:
                        helped = []
                        for t in assistants:
                            if self.free(t["avail"][d], u, dur):
                                s = self.second[task, d, u, t["id"]] = self.bool()
                                helped.append(s)
                                self.busy_teacher(t["id"], d, u, dur, site, s)
                                if (task, d, u, t["id"]) in self.lead:
                                    m.add_at_most_one([s, self.lead[task, d, u, t["id"]]])
                        m.add(sum(helped) == x)
                    inside = []
                    for r in rooms:
                        q = self.room[task, d, u, r["id"]] = self.bool()
                        inside.append(q)
                        m.add_implication(q, housed[r["id"]])
                        for v in range(u, u + dur):
                            self.room_busy[r["id"], d, v].append(q)
                    m.add(sum(inside) == x)
                    if not group:
                        for v in range(u, u + dur):
                            self.child_busy[series["child"], d, v].append(x)
        m.add(sum(x for xs in by_start.values() for x in xs) == series["sessions"])
        for xs in by_half.values():
            m.add_at_most_one(xs)
        halves = {}
        for d in self.days:
            today = [x for (e, _), xs in by_half.items() if e == d for x in xs]
            m.add(sum(today) <= series["max_per_day"])
        m.add(sum(leading.values()) <= series["max_teachers"])
        if group:
            self.with_members(task, assistants, rooms)
        self.beyond_first("S1_extra_teacher", leading.values())
        self.beyond_first("S11_extra_room", housed.values())
        self.beyond_first("S12_extra_start", [self.any_of(xs) for xs in by_start.values()])
        if series["min_day_gap"] > 1:
            for half, xs in by_half.items():
                halves[half] = self.bool()
                m.add(sum(xs) == halves[half])
            for (d, i), x in halves.items():
                for (e, j), y in halves.items():
                    if 0 < e - d < series["min_day_gap"]:
                        both = self.bool()
                        m.add_bool_or([x.negated(), y.negated(), both])
                        self.pay("S3_day_gap", both)

    def with_members(self, task, assistants, rooms):
        """Whoever is in a group comes to its sessions; nobody there is excluded; the room holds them."""
        m, series = self.model, self.of(task)
        inside = self.inside[series["id"]]
        size = sum(var for _, var in inside)
        most = min(series["max_size"], len(inside))
        for (other, d, u), x in self.start.items():
            if other != task:
                continue
            for child, var in inside:
                if not self.free(self.children[child]["avail"][d], u, series["dur"]):
                    m.add_at_most_one([x, var])
                    continue
                comes = self.bool()
                m.add_bool_or([x.negated(), var.negated(), comes])
                m.add_implication(comes, x)
                m.add_implication(comes, var)
                for v in range(u, u + series["dur"]):
                    self.child_busy[child, d, v].append(comes)
                for t in self.children[child]["exclude"]:
                    for known in (self.lead, self.second):
                        if (task, d, u, t) in known:
                            m.add_at_most_one([known[task, d, u, t], var])
            for r in rooms:
                if r["capacity"] < most:
                    m.add(size <= r["capacity"]).only_enforce_if(self.room[task, d, u, r["id"]])

    def watching(self):  # H17, H18
        m = self.model
        watched = defaultdict(list)
        for t in self.teachers:
            if not t["trainee"]:
                continue
            mentor, seen = t["trainee"]["mentor"], []
            for (task, d, u, lead), p in list(self.lead.items()):
                if lead != mentor or task[0] == "g":
                    continue
                series, site = self.of(task), self.site(task)
                if (site not in t["sites"] or t["id"] in self.children[series["child"]]["exclude"]
                        or not self.free(t["avail"][d], u, series["dur"])):
                    continue
                h = self.watch[task, d, u, t["id"]] = self.bool()
                watched[task, d, u, lead].append(h)
                seen.append(series["dur"] * h)
                self.busy_teacher(t["id"], d, u, series["dur"], site, h)
            m.add(sum(seen) >= t["trainee"]["shadow_min"])
        for key, variables in watched.items():
            m.add(sum(variables) <= self.lead[key])

    def busy_teacher(self, t, d, start, dur, site, var):
        self.load[t].append((var, dur))
        for u in range(start, start + dur):
            self.teacher_busy[t, d, u].append((var, site))

    # ---- everybody's days

    def rooms_hold_one(self):  # H4
        for variables in self.room_busy.values():
            self.model.add_at_most_one(variables)

    def used(self, variables):
        """Whether one of those of a slot holds; at most one may (H2, H3)."""
        var = self.bool()
        self.model.add(sum(variables) == var)
        return var

    def runs_and_idle(self, used, max_run, term):
        """H13, H14; S5, S8."""
        m = self.model
        for a, b in self.blocks:
            for u in range(a, b - max_run):
                m.add(sum(used[u:u + max_run + 1]) <= max_run)
            before, after = {}, {}
            for u in range(a, b):
                before[u] = self.any_of([used[u]] + ([before[u - 1]] if u > a else []))
            for u in reversed(range(a, b)):
                after[u] = self.any_of([used[u]] + ([after[u + 1]] if u < b - 1 else []))
            for u in range(a + 1, b - 1):
                idle = self.bool()
                m.add_bool_or([before[u - 1].negated(), after[u + 1].negated(), used[u], idle])
                self.pay(term, idle)

    def child_days(self, child):  # H3, H11, H13; S4 to S7
        m, c = self.model, child["id"]
        for d in self.days:
            used = [self.used(self.child_busy[c, d, u]) for u in self.slots]
            m.add(sum(used) <= child["max_day"])
            self.runs_and_idle(used, child["max_run"], "S5_child_idle")
            for u in self.slots:
                if child["avoid"][d] >> u & 1:
                    self.pay("S4_avoid_slot", used[u])
            visits = [self.any_of(used[a:b]) for a, b in self.blocks]
            for visit in visits:
                self.pay("S6_child_visit", visit)
            short = m.new_int_var(0, child["min_day"], "")
            for visit in visits:
                m.add(short + sum(used) >= child["min_day"]).only_enforce_if(visit)
            self.pay("S7_short_day", short)

    def teacher_days(self, teacher):  # H2, H9, H14, H15; S8 to S10
        m, t = self.model, teacher["id"]
        for d in self.days:
            used = [self.used([var for var, _ in self.teacher_busy[t, d, u]]) for u in self.slots]
            m.add(sum(used) <= teacher["max_day"])
            self.runs_and_idle(used, teacher["max_run"], "S8_teacher_idle")
            if len(teacher["sites"]) > 1:
                self.ways(teacher, d)
        load = sum(dur * var for var, dur in self.load[t])
        m.add(load <= teacher["max_week"])
        over = m.new_int_var(0, max(0, teacher["max_week"] - teacher["target_week"]), "")
        m.add(load - over <= teacher["target_week"])
        self.pay("S9_over_target", over)

    def ways(self, teacher, d):
        """H15, S10: at which site in which slot; sites with a way longer than the time between exclude each other."""
        m, t, travel = self.model, teacher["id"], self.week["travel_min"]
        at = {(s, u): self.any_of([var for var, site in self.teacher_busy[t, d, u] if site == s])
              for s in teacher["sites"] for u in self.slots}
        for (a, u), x in at.items():
            for (b, v), y in at.items():
                if a != b and u < v and self.begin[v] - self.begin[u] - self.step < travel[a][b]:
                    m.add_at_most_one([x, y])
        self.beyond_first("S10_extra_site",
                          [self.any_of([at[s, u] for u in self.slots]) for s in teacher["sites"]])

    def beyond_first(self, term, variables):
        variables = list(variables)
        if len(variables) > 1:
            extra = self.model.new_int_var(0, len(variables) - 1, "")
            self.model.add(sum(variables) - 1 <= extra)
            self.pay(term, extra)

    # ---- the answer

    def timetable(self, value):
        def chosen(known):
            return {key[:3]: key[3] for key, var in known.items() if value(var)}

        lead, room, second = chosen(self.lead), chosen(self.room), chosen(self.second | self.watch)
        sessions = []
        for (task, d, u), x in self.start.items():
            if not value(x):
                continue
            key = task, d, u
            sessions.append(dict(order=task[1] if task[0] == "o" else None, group=task[1] if task[0] == "g" else None,
                                 day=d, start=u, teacher=lead[key], room=room[key], second=second.get(key)))
        places = {q["id"]: q["child"] for q in self.week["group_orders"]}
        members = defaultdict(list)
        for (place, g), var in self.member.items():
            if value(var):
                members[str(g)].append(places[place])
        return dict(format="rehab-solution/1", instance=self.week["name"], sessions=sessions, members=members)


class FirstFound(cp_model.CpSolverSolutionCallback):
    def __init__(self):
        super().__init__()
        self.began, self.first = time.monotonic(), None

    def on_solution_callback(self):
        self.first = self.first or time.monotonic() - self.began


def main():
    p = argparse.ArgumentParser()
    p.add_argument("week")
    p.add_argument("--seconds", type=float, default=60)
    p.add_argument("--workers", type=int, default=1)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--out")
    a = p.parse_args()
    print("solver CP-SAT", version("ortools"))
    began = time.monotonic()
    with open(a.week) as file:
        week = Week(json.load(file))
    print(f"built {time.monotonic() - began:.2f}")
    print("variables", len(week.model.proto.variables))
    print("constraints", len(week.model.proto.constraints), flush=True)
    building = time.process_time()
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = a.seconds
    solver.parameters.num_workers = a.workers
    solver.parameters.random_seed = a.seed
    found = FirstFound()
    status = solver.solve(week.model, found)
    print("status", solver.status_name(status).lower())
    print(f"took {solver.wall_time:.2f}")
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(f"processor {usage.ru_utime + usage.ru_stime - building:.2f}")
    print(f"memory {usage.ru_maxrss / 1024:.1f}")
    if status != cp_model.INFEASIBLE:
        print("proved", solver.best_objective_bound)
    if found.first is not None:
        print(f"first {found.first:.2f}")
        print("objective", solver.objective_value)
        if a.out:
            with open(a.out, "w") as file:
                json.dump(week.timetable(solver.boolean_value), file, separators=(",", ":"))


if __name__ == "__main__":
    main()
