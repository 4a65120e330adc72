# SPDX-License-Identifier: BSD-2-Clause
# Copyright (c) 2026 The oscore-tools authors
"""The gates of tests/bench/streams: figures of one run against their targets."""

CCM = "AES-CCM-16-64-128"


class Gates:
    """results are the figures of all parts, as in results.jsonl."""

    def __init__(self, results):
        self.results, self.lines = results, []

    def find(self, **wanted):
        for figures in self.results:
            if all(figures.get(key) == value for key, value in wanted.items()):
                return figures
        return {}

    def all(self, kind, **wanted):
        return [f for f in self.results if f["kind"] == kind and all(f.get(key) == value for key, value in wanted.items())]

    def most(self, name, value, target, form="%.2f"):
        self.add(name, value, form, "<= " + form % target, None if value is None else value / target)

    def least(self, name, value, target, form="%.2f"):
        self.add(name, value, form, ">= " + form % target, None if value is None else target / value)

    def exactly(self, name, value, target, form="%.2f"):
        self.add(name, value, form, form % target, max(value / target, target / value))

    def add(self, name, value, form, target, excess):
        """excess is 1 where the target is reached, and 2 where twice as much is to be done."""
        if excess is None:
            verdict = "not measured"
        elif excess <= 1:
            verdict = "met"
        else:
            verdict = "missed by %.0f %%" % ((excess - 1) * 100) if excess < 2 else "missed, %.1f times" % excess
        self.lines.append((name, "-" if value is None else form % value, target, verdict))

    def judge(self):
        for part in (self.streams, self.counts, self.json, self.lengths, self.oneshot, self.contexts):
            part()
        return self.lines

    def streams(self):
        small = {(what, form): self.find(kind="stream", what=what, format=form, payload=0, algorithm=CCM)
                 for what in ("protect", "unprotect") for form in ("cborseq", "hex")}
        self.most("protect, calls of nettle's CCM", small["protect", "cborseq"]["nettle_ratio"], 1.0)
        for what in ("protect", "unprotect"):
            self.least("peer in memory / %s" % what, small[what, "cborseq"]["peer_ratio"], 8.0)
        self.most("unprotect / protect", small["unprotect", "cborseq"]["protect_ratio"], 1.2)
        for what in ("protect", "unprotect"):
            self.most("hex / cborseq, %s" % what, small[what, "hex"]["cborseq_ratio"], 1.4)

    def counts(self):
        for what in ("protect", "unprotect"):
            self.most("instructions, %s" % what, self.find(kind="count", what=what, format="cborseq")["instructions"], 1000, "%.0f")
            for form in ("raw", "hex", "cborseq"):
                self.most("allocations a message, %s %s" % (what, form),
                    self.find(kind="count", what=what, format=form)["allocations"], 0.001, "%.4f")
        for what in ("protect", "unprotect"):
            figures = self.find(kind="count", what=what, format="cborseq")
            self.most("durable writes per 1000 messages, %s" % what, figures["commits"] / figures["messages"] * 1000, 1)
        for what in ("protect", "unprotect"):
            figures = self.find(kind="trickle", what=what)
            self.exactly("durable writes a message of a trickle, %s" % what, figures["commits"] / figures["messages"], 1)
        self.most("memory of a stream, MiB", max(f["rss_kib"] for f in self.results if "rss_kib" in f) / 1024, 8)

    def json(self):
        figures = self.find(kind="json")
        self.least("JSON to binary and back, messages/s", figures["both_per_s"], 300000, "%.0f")
        share = figures["jansson_share"]
        self.most("of JSON to binary, not in jansson", None if share is None else 1 - share, 0.25)

    def lengths(self):
        for what in ("protect", "unprotect"):
            scaling = self.all("scaling", what=what)
            costs = [f["cpu_ns"] for f in scaling]
            self.most("%d messages / %d, each, %s" % (scaling[-1]["messages"], scaling[0]["messages"], what), costs[-1] / costs[0], 1.1)
            later = [f["cpu_ns"] for f in scaling if f["messages"] >= 100000]
            self.most("dearest length / cheapest, from 100000, %s" % what, max(later) / min(later), 1.1)
            self.most("memory of the longest / shortest, %s" % what, scaling[-1]["rss_kib"] / scaling[0]["rss_kib"], 1.1)

    def oneshot(self):
        one, dry, static = (self.find(kind="oneshot", what=what) for what in ("protect", "protect -n", "static protect -n"))
        self.most("one protect / noop with two fsyncs", one["durable_ratio"], 1.4)
        self.most("one protect -n / noop", dry["noop_ratio"], 1.8)
        self.most("one static protect -n / noop", static.get("noop_ratio"), 1.3)
        self.most("page faults of one protect", one["faults"], 110, "%.0f")

    def contexts(self):
        alone = self.find(kind="contexts", contexts=1)
        for figures in self.all("contexts"):
            self.most("-C of %d contexts / named, time" % figures["contexts"], figures["named_ratio"], 1.2)
            if figures is not alone:
                self.most("-C of %d contexts / -C of 1, page faults" % figures["contexts"], figures["faults"] / alone["faults"], 1.05)
        shuffled = self.find(kind="shuffled")
        self.least("-p, %d contexts shuffled / one, rate" % shuffled["contexts"], shuffled["single_peek_ns"] / shuffled["peek_ns"], 0.5)
        self.most("durable calls per 1024 messages, shuffled", shuffled["state"]["calls"] / shuffled["state"]["messages"] * 1024, 1.05)
        self.most("memory of a further context, KiB", shuffled["kib_per_context"], 2.0)
