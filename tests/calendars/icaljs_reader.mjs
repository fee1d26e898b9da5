// Reads a calendar with ical.js: one line per occurrence, UTC instant or date, tab, summary.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(process.argv[2], "utf8")));
for (const component of calendar.getAllSubcomponents("vevent")) {
  const event = new ICAL.Event(component);
  const each = event.iterator();
  for (let when = each.next(); when; when = each.next()) {
    const at = when.isDate ? when.toString() : new Date(when.toUnixTime() * 1000).toISOString().replace(".000Z", "Z");
    console.log(`${at}\t${event.summary}`);
  }
}
