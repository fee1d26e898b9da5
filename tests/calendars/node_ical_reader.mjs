// Reads a calendar with node-ical: one line per occurrence, UTC instant or date, tab, summary.
import ical from "node-ical";

const [file, first, last] = process.argv.slice(2);
const local = (day) => [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
const events = Object.values(ical.sync.parseFile(file)).filter((item) => item.type === "VEVENT");
for (const event of events) {
  const span = { from: new Date(first), to: new Date(last) };
  for (const { start, summary, isFullDay } of ical.expandRecurringEvent(event, span)) {
    console.log(`${isFullDay ? local(start) : new Date(start).toISOString().replace(".000Z", "Z")}\t${summary}`);
  }
}
