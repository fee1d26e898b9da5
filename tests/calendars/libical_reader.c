/* Reads a calendar with libical.

   libical_reader read FILE   one line per occurrence: UTC instant or date, tab, summary
   libical_reader check FILE  nothing and exit 0 if libical finds no error and its restriction check (RFC 5545, 5546) passes
*/
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *slurp(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(2);
    }
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = calloc(1, (size_t)size + 1);
    if (fread(text, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        exit(2);
    }
    fclose(file);
    return text;
}

static void print_one(struct icaltimetype when, const icaltimezone *zone, const char *summary)
{
    if (when.is_date) {
        printf("%04d-%02d-%02d\t%s\n", when.year, when.month, when.day, summary);
        return;
    }
    time_t seconds = icaltime_as_timet_with_zone(when, zone);
    struct tm utc;
    gmtime_r(&seconds, &utc);
    char text[32];
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    printf("%s\t%s\n", text, summary);
}

static void print_event(icalcomponent *event)
{
    struct icaltimetype start = icalcomponent_get_dtstart(event);
    const icaltimezone *zone = start.zone ? start.zone : icaltimezone_get_utc_timezone();
    const char *summary = icalcomponent_get_summary(event);
    icalproperty *rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
    if (!rule) {
        print_one(start, zone, summary);
        return;
    }
    icalrecur_iterator *each = icalrecur_iterator_new(icalproperty_get_rrule(rule), start);
    for (struct icaltimetype when = icalrecur_iterator_next(each); !icaltime_is_null_time(when);
         when = icalrecur_iterator_next(each))
        print_one(when, zone, summary);
    icalrecur_iterator_free(each);
}

static int report(icalcomponent *component)
{
    int found = 0;
    for (icalproperty *p = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY); p;
         p = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY), found++)
        printf("%s\n", icalproperty_as_ical_string(p));
    for (icalcomponent *c = icalcomponent_get_first_component(component, ICAL_ANY_COMPONENT); c;
         c = icalcomponent_get_next_component(component, ICAL_ANY_COMPONENT))
        found += report(c);
    return found;
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    icalerror_set_errors_are_fatal(0);
    char *text = slurp(argv[2]);
    icalcomponent *calendar = icalparser_parse_string(text);
    if (!calendar || icalcomponent_isa(calendar) != ICAL_VCALENDAR_COMPONENT) {
        printf("not one VCALENDAR\n");
        return 1;
    }
    if (strcmp(argv[1], "check") == 0) {
        int errors = icalcomponent_count_errors(calendar);
        int passes = icalrestriction_check(calendar);
        report(calendar);
        printf(errors || !passes ? "errors %d, restriction check %s\n" : "", errors, passes ? "passes" : "fails");
        return errors || !passes;
    }
    for (icalcomponent *event = icalcomponent_get_first_component(calendar, ICAL_VEVENT_COMPONENT); event;
         event = icalcomponent_get_next_component(calendar, ICAL_VEVENT_COMPONENT))
        print_event(event);
    icalcomponent_free(calendar);
    free(text);
    return 0;
}
