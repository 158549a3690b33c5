#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Plants one fault at a time into a copy of the core and expects the simulator to notice; what it
# cannot know (whose turn it is, which draw is lower) the comparison with the naive router must.
set -u
src=${USHER_SRC:-$(cd "$(dirname "$0")/../.." && pwd)}
cc=${CC:-cc}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT INT TERM
number=0
failed=0
wrap=-Wl,--wrap=memory_new,--wrap=memory_new_array,--wrap=memory_resize

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

simulate() {
	"$work/sim" 900000 101 6000 >"$work/out" 2>&1
}

compare() {
	"$work/differential" 30000 1 60 >"$work/out" 2>&1
}

link() {
	"$cc" "$work"/core/*.o "$work"/sim.d/*.o -o "$work/sim" $wrap >"$work/log" 2>&1 &&
		"$cc" "$work"/core/*.o "$work"/naive.d/*.o -o "$work/differential" >"$work/log" 2>&1
}

mkdir -p "$work/tree/routing" "$work/core" "$work/sim.d" "$work/naive.d"
for part in base model policy core; do
	cp -R "$src/routing/$part" "$work/tree/routing/$part" || exit 1
done
for file in "$work"/tree/routing/*/*.c "$src"/tests/sim/sim*.c "$src"/tests/sim/differential*.c \
	"$src"/tests/sim/naive*.c; do
	name=$(basename "$(dirname "$file")")-$(basename "$file" .c).o
	case $name in
	sim-sim*) object=$work/sim.d/$name ;;
	sim-*) object=$work/naive.d/$name ;;
	*) object=$work/core/$name ;;
	esac
	compile "$file" "$object" || {
		cat "$work/log"
		echo "Bail out! $file does not compile"
		exit 1
	}
done

plant() { # NAME FILE SED-EXPRESSION
	file="$work/tree/routing/$2"
	object="$work/core/$(basename "$(dirname "$file")")-$(basename "$file" .c).o"
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
		grep -a '^Bail out!' "$work/out" | sed 's/Bail out!/# sim:/'
	elif [ $naive_agrees = yes ] && ! compare; then
		caught=yes
		echo "# differential"
	fi
	cp "$work/kept.c" "$file"
	cp "$work/kept.o" "$object"
	verdict "caught: $1" "$caught"
}

echo 1..47
if link && simulate; then
	verdict "without a fault the simulator is content" yes
else
	sed 's/^/# /' "$work/out"
	verdict "without a fault the simulator is content" no
fi
naive_agrees=no
if compare; then
	naive_agrees=yes
else
	sed 's/^/# /' "$work/out"
fi
verdict "without a fault the naive router agrees" $naive_agrees

# ---- room
plant "an agent gets more than the capacity" core/agent.c \
	's/load + set->weight <= agent->capacity \&\&/load + set->weight <= agent->capacity + 10u \&\&/'
plant "the channel's maximum is off by one" core/agent.c \
	's/agent->count\[channel\] < set->count_max/agent->count[channel] <= set->count_max/'
plant "interrupts the wrong way round" core/agent.c \
	's/(channel->interrupts >> j & 1) == 0/(r->channels[j].interrupts >> k \& 1) == 0/'
plant "what interrupts takes room all the same" core/agent.c \
	's/load -= agent->load_of\[j\];/;/'
plant "exclusive work beside other work" core/agent.c \
	's/(channel->is_exclusive || r->channels\[j\].is_exclusive)/channel->is_exclusive/'
plant "an exclusive wrap-up that never ends" core/seat.c 's/agent->wraps--;/;/'
plant "a reserve of one less" core/queue.c \
	's/return core_roster_free(r, q) >= reserve/return core_roster_free(r, q) + 1 >= reserve/'
# ---- who may take it
plant "a step drops no level" core/requirement.c \
	's/need.level = (uint8_t)(need.level - limits->level_drop);/;/'
plant "until_step one step too long" core/requirement.c \
	's/step >= item->until_step/step > item->until_step/'
plant "a step gives up no skill" core/requirement.c \
	's/limits->drops\[i\] == item->skill/limits->drops[i] == 0/'
plant "of the same skill the lower level counts" core/requirement.c \
	's/return a->level > b->level;/return a->level < b->level;/'
plant "a ring too far" core/match.c 's/member->ring <= l->ring_max/member->ring <= l->ring_max + 1/'
plant "no limit of penalties" core/match.c 's/member->penalty <= l->penalty_max/true/'
plant "excluded agents get it" core/contact.c \
	's/return contact->barred == id \&\& !contact->is_directed;/return false;/'
plant "refusals are forgotten at once" core/contact.c \
	's/contact->excluded\[contact->excluded_count++\] = r->agents\[a\].id;/;/'
# ---- who comes first
plant "penalties do not count" core/agent.c 's/<< 8 | member->penalty/<< 8/'
plant "the lowest preference first" core/match.c 's/a->score > b->score/a->score < b->score/'
plant "the slowest growth first" policy/ageing.c 's/return sa > sb;/return sa < sb;/'
plant "growth without age" policy/ageing.c 's/(uint64_t)now - (uint64_t)k->at/(uint64_t)1/'
plant "ahead is behind" core/contact.c 's/first_us - rank.ahead_us/first_us + rank.ahead_us/'
plant "a step raises no priority" core/contact.c 's/\.priority_raise : 0/.priority_raise * 0 : 0/'
plant "the shortest idle agent first" policy/longest_idle.c \
	's/? 0 : 1/? 1 : 0/'
plant "the load without the capacity" policy/least_loaded.c \
	's|<< 32) / a->capacity|<< 32)|'
plant "the draw of another contact" core/match.c \
	's/policy_draw(r->seed, r->contacts\[c\].id,/policy_draw(r->seed, 1,/'
plant "a turn that does not count" core/offer.c 's/r->members\[m\].turn = r->seats\[s\].epoch;/;/'
# ---- offers
plant "the epoch of a command is not compared" core/offer.c \
	's/s == 0 || r->seats\[s\].epoch != ev->epoch/s == 0/'
plant "the others keep their parallel offers" core/offer.c 's/if (other != s)/if (other == 0)/'
plant "one parallel offer too many" core/offer.c \
	's/contact->seat_count < r->queues/contact->seat_count <= r->queues/'
plant "a missed offer is not counted" core/offer.c 's/agent->missed++;/;/'
plant "offers stay with a lost agent" core/presence.c \
	's/core_presence_withdraw(r, a, CAUSE_LOST_PRESENCE);//'
plant "a freed agent is not looked at" core/seat.c 's/core_agent_dirty(r, a);/(void)a;/'
# ---- held
plant "each message of the customer gives more time" core/held.c \
	's/contact->lease != LEASE_FIRST \&\& contact->lease != LEASE_REPLY/true/'
plant "a hand-over with the old epoch" core/seat.c \
	's/contact->epoch = seat->epoch = ++r->epoch;/contact->epoch = seat->epoch;/'
plant "a question is left open" core/contact.c 's/^\tcore_confer_end(r, c);//'
plant "a transferred contact loses its place" core/contact.c \
	's/contact->queued_us = r->now_us;/contact->queued_us = contact->first_us = r->now_us;/'
plant "a callback loses its place" core/contact.c \
	's/contact->is_callback = true;/contact->is_callback = true, contact->first_us = r->now_us;/'
# ---- queues
plant "overflow without a limit" core/arrive.c 's/hops >= CORE_HOPS_MAX/hops >= 250/'
plant "a full queue takes one more" core/arrive.c \
	's/contact_states\[CONTACT_WAITING\] + queue/contact_states[CONTACT_WAITING] - 1 + queue/'
plant "who comes to a closed queue waits" core/arrive.c \
	's/\*ret_is_parked = queue->is_closed;/*ret_is_parked = false;/'
# ---- structures
plant "a list of dues out of order" core/due.c \
	's/a->due_us > b->due_us : a->id > b->id/true : true/'
plant "a line under the wrong anchor" core/line.c \
	's/line->needs\[i\].level - 1;/line->needs[i].level % CORE_LEVELS;/'
plant "a row keeps a stale bit" core/roster.c 's/agent->rooms = rooms;/agent->rooms |= rooms;/'
plant "a table that grows in a step" core/core.c \
	's/\(&r->contact_by_id, \)contacts + 1/\11/'
plant "a snapshot without the missed offers" core/restore.c \
	's/agent->missed = (uint16_t)get_number/(void)get_number/'
plant "a snapshot without the hops" core/restore.c \
	's/c->hops = (uint8_t)get_bounded/(void)get_bounded/'
exit $failed
