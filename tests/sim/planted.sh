#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Plants one fault at a time into a copy of the core and expects the simulator to notice.
set -u
src=${USHER_SRC:-$(cd "$(dirname "$0")/../.." && pwd)}
cc=${CC:-cc}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
number=0
failed=0

compile() { # FILE OBJECT
	"$cc" -std=gnu11 -O1 -I"$work/tree" -I"$src" -c "$1" -o "$2" >"$work/log" 2>&1
}

verdict() { # NAME OK
	number=$((number + 1))
	if [ "$2" = yes ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1"
		failed=1
	fi
}

simulate() { # the fewest steps that catch all faults, several times over
	"$work/sim" 60000 101 6 >"$work/out" 2>&1
}

link() {
	"$cc" "$work"/obj/*.o -o "$work/sim" -Wl,--wrap=memory_new \
		-Wl,--wrap=memory_new_array,--wrap=memory_resize >"$work/log" 2>&1
}

mkdir -p "$work/tree" "$work/obj"
cp -R "$src/routing" "$work/tree/routing" || exit 1
for file in "$work"/tree/routing/*/*.c "$src"/tests/sim/sim*.c; do
	compile "$file" "$work/obj/$(basename "$(dirname "$file")")-$(basename "$file" .c).o" || {
		cat "$work/log"
		echo "Bail out! $file does not compile"
		exit 1
	}
done

plant() { # NAME FILE SED-EXPRESSION
	file="$work/tree/routing/$2"
	object="$work/obj/$(basename "$(dirname "$file")")-$(basename "$file" .c).o"
	cp "$file" "$work/kept.c"
	cp "$object" "$work/kept.o"
	sed "$3" "$work/kept.c" >"$file"
	caught=no
	if cmp -s "$file" "$work/kept.c"; then
		echo "# the fault could not be planted: $2 has changed"
	elif ! compile "$file" "$object" || ! link; then
		sed 's/^/# /' "$work/log"
	elif ! simulate; then
		caught=yes
		grep '^Bail out!' "$work/out" | sed 's/Bail out!/#/'
	fi
	cp "$work/kept.c" "$file"
	cp "$work/kept.o" "$object"
	verdict "caught: $1" "$caught"
}

echo 1..17
if link && simulate; then
	verdict "without a fault the simulator is content" yes
else
	sed 's/^/# /' "$work/out"
	verdict "without a fault the simulator is content" no
fi
plant "an agent gets more than the capacity" core/agent.c \
	's/agent->load + ch->weight <= agent->capacity/agent->load + ch->weight <= agent->capacity + 10/'
plant "the channel's maximum is off by one" core/agent.c \
	's/agent->count\[channel\] < ch->count_max/agent->count[channel] <= ch->count_max/'
plant "a freed agent is not looked at" core/agent.c \
	'/^void core_agent_detach/,/^}/s/core_agent_dirty(r, a);/(void)a;/'
plant "the epoch of a command is not compared" core/offer.c \
	's/contact->epoch != ev->epoch ||//'
plant "a refused contact comes back at once" core/match.c \
	's/!core_contact_excludes(r, c, a);/true;/'
plant "a transferred contact loses its place" core/held.c \
	's/queued_us = r->now_us;/first_us = r->now_us;/'
plant "contacts in the order of their ids" policy/longest_idle.c \
	's/{priority, first_us, contact}/{priority, 0, contact}/'
plant "the shortest idle agent first" policy/longest_idle.c \
	's/{group, a->idle_since_us/{group, -a->idle_since_us/'
plant "the load without the capacity" policy/least_loaded.c \
	's|/ a->capacity : UINT64_MAX|: UINT64_MAX|'
plant "offers stay with a lost agent" core/presence.c \
	's/core_presence_withdraw(r, a, CAUSE_LOST_PRESENCE);//'
plant "a taken contact stays offered to another" core/offer.c \
	's/core_offer_end(r, c, contact->agent == a .*$/(void)0;/'
plant "an exclusive wrap-up that never ends" core/agent.c 's/agent->wraps--;/;/'
plant "only the first line of a queue is looked at" core/match.c \
	's/l = r->lines\[l\].queue_next)/l = 0)/'
plant "a table that grows in a step" core/core.c \
	's/table_reserve(&r->contact_by_id, contacts + 1);//'
plant "a snapshot without the missed offers" core/restore.c \
	's/agent->missed = (uint16_t)get_number/(void)get_number/'
plant "a snapshot without the deadlines" core/restore.c \
	's/core_timer_contact(r, c, record.contact.deadline_us);//'
exit $failed
