// The first page: draws the snapshots that come over /v1/live (server-sent events, at most two a second).
// What a snapshot holds stands at the head of Sources/CloudAggregator/Views/Snapshot.swift. Nothing here knows a
// certain stream: titles come from the paths that the stream file measures. Where there are several, the address chooses:
// #photos.
"use strict";

const element = (id) => document.getElementById(id);
const whole = new Intl.NumberFormat("en");
const decimal = (digits) => new Intl.NumberFormat("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
const [oneDigit, threeDigits] = [decimal(1), decimal(3)];
const clock = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "medium", hourCycle: "h23" });
const regionNames = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });

const silentAfterSeconds = 90;
const meanSeconds = 10;
const shownBars = 8;

let snapshot = null;
let figures = null;
let receivedAt = 0;

// ---------------------------------------------------------------- words

function setText(id, text) {
    const target = element(id);
    if (target.textContent !== text) target.textContent = text;
}

// "group.group_country" becomes "Group country".
function titleOf(path, otherwise) {
    if (!path) return otherwise;
    const words = path.split(".").pop().replaceAll("_", " ").trim();
    return words.charAt(0).toUpperCase() + words.slice(1);
}

function regionLabel(tally) {
    if (tally.label !== tally.key || !/^[a-z]{2}$/i.test(tally.key)) return tally.label;
    return regionNames.of(tally.key.toUpperCase());
}

function bytesText(bytes) {
    const units = ["B", "KiB", "MiB", "GiB"];
    let unit = 0;
    while (bytes >= 1024 && unit < units.length - 1) {
        bytes /= 1024;
        unit += 1;
    }
    return `${unit === 0 ? whole.format(bytes) : oneDigit.format(bytes)} ${units[unit]}`;
}

function plural(count, one, many) {
    return `${whole.format(count)} ${count === 1 ? one : many}`;
}

function spanText(seconds) {
    if (seconds < 2) return "now";
    if (seconds < 120) return `${Math.floor(seconds)} s ago`;
    if (seconds < 7200) return `${Math.floor(seconds / 60)} min ago`;
    if (seconds < 172800) return `${Math.floor(seconds / 3600)} h ago`;
    return `${Math.floor(seconds / 86400)} days ago`;
}

// Seconds since a moment of the server's clock, whatever the clock of this machine says.
function secondsSince(milliseconds) {
    return Math.max(0, (snapshot.as_of_ms + performance.now() - receivedAt - milliseconds) / 1000);
}

const isInTouch = (edge) => edge.last_contact_ms !== null && secondsSince(edge.last_contact_ms) < silentAfterSeconds;

// ---------------------------------------------------------------- the choice of a stream

// The stream that the address names; without one, the first.
function chooseStream() {
    const chosen = location.hash.slice(1);
    figures = snapshot.streams.find((one) => one.stream === chosen) ?? snapshot.streams[0];
}

function showStreams() {
    const list = element("streams");
    list.hidden = snapshot.streams.length < 2;
    snapshot.streams.forEach((one, index) => {
        let link = list.children[index];
        if (link === undefined) {
            link = document.createElement("a");
            link.append(document.createElement("span"), " ", document.createElement("small"));
            list.append(link);
        }
        if (link.dataset.stream !== one.stream) {
            link.dataset.stream = one.stream;
            link.href = `#${one.stream}`;
            link.firstChild.textContent = one.stream;
        }
        const count = whole.format(one.events);
        if (link.lastChild.textContent !== count) link.lastChild.textContent = count;
        if (one === figures) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
    });
    while (list.children.length > snapshot.streams.length) list.lastChild.remove();
}

// ---------------------------------------------------------------- figures and table

function splitEntries() {
    return Object.entries(figures.split).sort((left, right) => right[1] - left[1]);
}

function showFigures() {
    setText("stream", snapshot.streams.length === 1 ? `${figures.stream} · fleet ${snapshot.fleet}` : `fleet ${snapshot.fleet}`);
    document.title = `${whole.format(figures.events)} events · ${figures.stream} · Waystation`;
    setText("events", whole.format(figures.events));
    setText("malformed", figures.malformed > 0 ? `${whole.format(figures.malformed)} malformed, kept raw` : "none malformed");
    setText("revisions", whole.format(figures.revisions));
    const repeats = Math.max(0, figures.events - figures.malformed - figures.revisions);
    setText("repeats", `${plural(repeats, "repeat", "repeats")} recognised`);
    setText("rate", oneDigit.format(figures.rate_per_s));

    const split = splitEntries();
    const total = split.reduce((sum, [, count]) => sum + count, 0);
    setText("share-title", total > 0 ? `${titleOf(figures.titles.split, "Split")}: ${split[0][0]}` : "Split");
    setText("share", total > 0 ? `${oneDigit.format((100 * split[0][1]) / total)} %` : "–");
    setText("split-counts", split.slice(0, 3).map(([key, count]) => `${whole.format(count)} ${key}`).join(" · "));

    const edges = snapshot.edges.filter((edge) => edge.state !== "revoked");
    setText("edges-alive", `${edges.filter(isInTouch).length} of ${edges.length}`);
    const waiting = edges.reduce((sum, edge) => sum + (edge.backlog_batches ?? 0), 0);
    setText("backlog", waiting > 0 ? `${plural(waiting, "batch", "batches")} waiting` : "no backlog");
    setText("as-of", `As of ${clock.format(snapshot.as_of_ms)}, commit ${whole.format(snapshot.watermark)}`);
}

function edgeCells(edge) {
    const known = (value, text) => (value === null || value === undefined ? "–" : text(value));
    const warnings = [...edge.flags];
    if (edge.gaps > 0) warnings.push(plural(edge.gaps, "gap", "gaps"));
    return [
        { text: edge.name || edge.device, note: edge.device },
        { text: edge.state, style: { accepted: "good", pending: "warn", revoked: "bad" }[edge.state] },
        { text: known(edge.last_contact_ms, (ms) => spanText(secondsSince(ms))), style: isInTouch(edge) ? "" : "warn" },
        {
            text: known(edge.backlog_batches, (batches) =>
                batches === 0 ? "none" : `${plural(batches, "batch", "batches")}, ${bytesText(edge.backlog_bytes)}`),
            style: edge.backlog_batches > 0 ? "warn" : "",
        },
        { text: known(edge.sequence, (sequence) => `${edge.epoch} / ${whole.format(sequence)}`) },
        { text: known(edge.model_version, (version) => `version ${version}`) },
        { text: known(edge.log_loss, threeDigits.format) },
        { text: known(edge.clock, String), style: edge.clock === "unsynchronized" ? "warn" : "" },
        { text: warnings.length > 0 ? warnings.join(", ") : "nothing", style: warnings.length > 0 ? "bad" : "" },
    ];
}

// Reuses the rows that are there, so that a selection or a screen reader's place survives an update.
function showEdges() {
    const body = element("edges");
    const titles = [...document.querySelectorAll("th")].map((head) => head.textContent);
    element("edges-empty").hidden = snapshot.edges.length > 0;
    while (body.rows.length > snapshot.edges.length) body.deleteRow(-1);
    snapshot.edges.forEach((edge, index) => {
        const row = body.rows[index] ?? body.insertRow();
        row.setAttribute("role", "row");
        edgeCells(edge).forEach(({ text, note, style }, column) => {
            const cell = row.cells[column] ?? row.insertCell();
            if (cell.dataset.title === undefined) {
                cell.setAttribute("role", "cell");
                cell.dataset.title = titles[column];
                cell.append(document.createElement("span"));
                if (note) cell.append(document.createElement("small"));
            }
            cell.className = style ?? "";
            if (cell.firstChild.textContent !== text) cell.firstChild.textContent = text;
            if (note && cell.lastChild.textContent !== note) cell.lastChild.textContent = note;
        });
    });
}

// ---------------------------------------------------------------- charts

function colours() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(`--${name}`).trim();
    return {
        ink: colour("ink"), quiet: colour("quiet"), line: colour("edge"), card: colour("card"),
        accent: colour("accent"), soft: colour("accent-soft"),
        series: ["accent", "second", "third", "fourth"].map(colour),
    };
}

function note(text, size, color) {
    return { text, showarrow: false, font: { size, color }, xref: "paper", yref: "paper", x: 0.5, y: 0.5, bgcolor: colours().card };
}

function draw(id, traces, layout, description) {
    const palette = colours();
    const axis = { gridcolor: palette.line, linecolor: palette.line, zeroline: false, fixedrange: true, tickfont: { color: palette.quiet } };
    Plotly.react(id, traces, {
        margin: { t: 6, r: 8, b: 28, l: 44 },
        font: { family: getComputedStyle(document.body).fontFamily, size: 13, color: palette.ink },
        paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
        showlegend: false, dragmode: false, bargap: 0.34,
        hoverlabel: { bgcolor: palette.card, bordercolor: palette.line, font: { color: palette.ink } },
        annotations: traces.every((trace) => (trace.y ?? trace.values).length === 0) ? [note("nothing yet", 14, palette.quiet)] : [],
        ...layout,
        xaxis: { ...axis, ...layout.xaxis }, yaxis: { ...axis, ...layout.yaxis },
    }, { displayModeBar: false, responsive: true });
    element(id).setAttribute("aria-label", description);
}

function drawRate() {
    const palette = colours();
    const { from_ms: from, events } = figures.rate_series;
    const times = events.map((_, second) => new Date(from + 1000 * second));
    let sum = 0;
    const means = events.map((count, second) => {
        sum += count - (events[second - meanSeconds] ?? 0);
        return sum / meanSeconds;
    });
    const end = from + 1000 * events.length;
    draw("rate-chart", [
        { type: "bar", x: times, y: events, marker: { color: palette.soft }, hovertemplate: "%{y} events<extra></extra>" },
        { type: "scatter", mode: "lines", x: times, y: means, line: { color: palette.accent, width: 2.5, shape: "spline", smoothing: 0.6 },
            hovertemplate: "%{y:.1f} a second<extra></extra>" },
    ], {
        bargap: 0.1, hovermode: "x unified",
        xaxis: { type: "date", range: [new Date(Math.min(from, end - 60000)), new Date(end)], showgrid: false, nticks: element("rate-chart").clientWidth < 500 ? 4 : 8, tickangle: 0, tickformat: "%H:%M:%S" },
        yaxis: { rangemode: "tozero", nticks: 5 },
    }, `${oneDigit.format(figures.rate_per_s)} events a second in the last ten seconds`);
}

// What a stream does not measure has no chart.
function isMeasured(id, path) {
    element(id).closest("figure").hidden = path === null;
    return path !== null;
}

function drawSplit() {
    if (!isMeasured("split-chart", figures.titles.split)) return;
    const palette = colours();
    const title = titleOf(figures.titles.split, "Split");
    setText("split-title", title);
    const entries = splitEntries();
    const total = entries.reduce((sum, [, count]) => sum + count, 0);
    const inOrder = entries.map(([key]) => key).sort().reverse();
    draw("split-chart", [{
        type: "pie", hole: 0.66, sort: false, direction: "clockwise", labels: entries.map(([key]) => key),
        values: entries.map(([, count]) => count), textinfo: "label+percent", textposition: "outside", automargin: true,
        marker: {
            colors: entries.map(([key]) => palette.series[Math.min(inOrder.indexOf(key), palette.series.length - 1)]),
            line: { color: palette.card, width: 2 },
        },
        hovertemplate: "%{label}: %{value:,}<extra></extra>",
    }], {
        margin: { t: 24, r: 40, b: 24, l: 40 },
        ...(total > 0 && { annotations: [note(whole.format(total), 22, palette.ink)] }),
    }, entries.map(([key, count]) => `${key} ${whole.format(count)}`).join(", ") || "No events yet");
}

function shorten(label) {
    return label.length > 24 ? `${label.slice(0, 23)}…` : label;
}

function drawBars(id, titleIdentifier, path, otherwise, tallies, labelOf) {
    if (!isMeasured(id, path)) return;
    const palette = colours();
    setText(titleIdentifier, titleOf(path, otherwise));
    const shown = tallies.slice(0, shownBars).reverse();
    const greatest = Math.max(1, ...shown.map((tally) => tally.count));
    draw(id, [{
        type: "bar", orientation: "h", y: shown.map((tally) => tally.key), x: shown.map((tally) => tally.count),
        text: shown.map((tally) => whole.format(tally.count)), textposition: "outside", cliponaxis: false, textangle: 0,
        textfont: { color: palette.quiet }, marker: { color: palette.accent, cornerradius: 3 }, hoverinfo: "skip",
    }], {
        margin: { t: 4, r: 12, b: 8, l: 8 },
        xaxis: { visible: false, range: [0, greatest * 1.28] },
        yaxis: { type: "category", automargin: true, showgrid: false, ticks: "", ticklabelstandoff: 8, tickvals: shown.map((tally) => tally.key),
            ticktext: shown.map((tally) => shorten(labelOf(tally))), tickfont: { color: palette.ink } },
    }, tallies.slice(0, shownBars).map((tally) => `${labelOf(tally)} ${whole.format(tally.count)}`).join(", ") || "No events yet");
}

function drawModel() {
    const palette = colours();
    const model = figures.model;
    element("model-empty").hidden = model !== null;
    element("model-chart").hidden = model === null;
    setText("model-version", model === null ? "" : `version ${model.version} · mean log loss, less is better`);
    if (model === null) return;
    const bars = [
        { label: "base rate", loss: model.base_rate_log_loss, colour: palette.series[3] },
        { label: "training", loss: model.progressive_log_loss, colour: palette.series[2] },
        ...snapshot.edges.filter((edge) => edge.log_loss !== null)
            .map((edge) => ({ label: edge.name || edge.device, loss: edge.log_loss, colour: palette.accent })),
    ].slice(0, shownBars).reverse();
    draw("model-chart", [{
        type: "bar", orientation: "h", y: bars.map((_, index) => index), x: bars.map((bar) => bar.loss), width: 0.55,
        text: bars.map((bar) => threeDigits.format(bar.loss)), textposition: "outside", cliponaxis: false,
        marker: { color: bars.map((bar) => bar.colour), cornerradius: 3 }, textfont: { color: palette.quiet }, hoverinfo: "skip",
    }], {
        margin: { t: 4, r: 12, b: 8, l: 8 },
        xaxis: { visible: false, range: [0, 1.28 * Math.max(...bars.map((bar) => bar.loss))] },
        yaxis: { automargin: true, showgrid: false, ticks: "", ticklabelstandoff: 8, tickvals: bars.map((_, index) => index),
            ticktext: bars.map((bar) => shorten(bar.label)), tickfont: { color: palette.ink }, range: [Math.min(bars.length - 4, 0) - 0.6, bars.length - 0.4] },
    }, bars.map((bar) => `${bar.label} ${threeDigits.format(bar.loss)}`).reverse().join(", "));
}

// ---------------------------------------------------------------- the way of a snapshot

function show() {
    if (snapshot === null) return;
    chooseStream();
    showStreams();
    showFigures();
    showEdges();
    drawRate();
    drawSplit();
    drawBars("regions-chart", "regions-title", figures.titles.regions, "Regions", figures.regions, regionLabel);
    drawBars("categories-chart", "categories-title", figures.titles.categories, "Categories", figures.categories, (tally) => tally.label);
    drawModel();
}

// A sentence for those who listen, now and then: figures that are read aloud twice a second help nobody.
function speak() {
    if (figures === null) return;
    setText("spoken", `${whole.format(figures.events)} events of ${figures.stream} received, ${oneDigit.format(figures.rate_per_s)} a second, ${element("edges-alive").textContent} edges in touch.`);
}

function showConnection(state, words) {
    element("connection").dataset.state = state;
    setText("connection", words);
}

// The browser reconnects by itself after a lost link; after an answer that is no event stream it gives up, and we begin anew.
function listen(retrySeconds = 1) {
    const source = new EventSource("/v1/live");
    const receive = (event) => {
        retrySeconds = 1;
        snapshot = JSON.parse(event.data);
        receivedAt = performance.now();
        showConnection("live", "Live");
        if (!document.hidden) show();
    };
    source.addEventListener("message", receive);
    source.addEventListener("error", () => {
        showConnection("lost", snapshot === null ? "Connecting" : "Reconnecting");
        if (source.readyState !== EventSource.CLOSED) return;
        source.close();
        setTimeout(() => listen(Math.min(2 * retrySeconds, 15)), 1000 * retrySeconds);
    });
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
document.addEventListener("visibilitychange", show);
addEventListener("hashchange", show);
setInterval(() => { if (figures !== null) { showFigures(); showEdges(); } }, 1000);
setInterval(speak, 30000);
listen();
