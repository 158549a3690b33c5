/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
#include "gateway/lint/words.h"

const struct lint_words lint_words_en[LINT_CODE_COUNT] = {
[LINT_QUEUE_NO_MEMBERS] = {{
	"queue {0}: nobody serves it",
	"Its contacts wait for ever.",
	"Add it to the queues of a user."}},
[LINT_QUEUE_FORMER_MEMBERS] = {{
	"queue {0}: all of its members ({1}) are removed or take no contacts",
	"Its contacts wait for ever.",
	"Add it to the queues of a user with the role agent or supervisor."}},
[LINT_QUEUE_NO_SKILLED] = {{
	"queue {0}: none of its members ({1}) has the skills it requires",
	"Its contacts wait for ever, because no step gives up what is missing.",
	"Give a member the skills at their levels, or drop them in the last step."}},
[LINT_QUEUE_LAST_STEP] = {{
	"queue {0}: its last step lets in none of its members ({1})",
	"The last step lasts for ever: who is not taken before then waits without end.",
	"Raise ring_max and penalty_max of the last step, or leave them out."}},
[LINT_QUEUE_UNCOVERED] = {{
	"queue {0}: only {1} has people for it, which is closed {4} h a week while {0} is open, from {2:day} {3} on",
	"Who comes then waits until {1} opens.",
	"Give {0} members of its own, or the hours of {1}."}},
[LINT_STEP_NOBODY] = {{
	"queue {0}: in step {1} nobody may take a contact",
	"Each contact waits this step through for nothing.",
	"Loosen the step, remove it, or give a member what it asks for."}},
[LINT_RING_IDLE] = {{
	"queue {0}: ring_max {1} keeps nobody out, because no member is in a ring above it",
	"The limit does nothing.",
	"Put members into outer rings, or leave ring_max out."}},
[LINT_PENALTY_IDLE] = {{
	"queue {0}: penalty_max {1} keeps nobody out, because no member has more",
	"The limit does nothing.",
	"Give members penalties, or leave penalty_max out."}},
[LINT_PREFERRED_NOBODY] = {{
	"queue {0}: it prefers {1}, which none of its members has",
	"The preference does nothing.",
	"Give a member the skill, or remove the preference."}},
[LINT_STEP_ZERO] = {{
	"queue {0}: step {1} lasts 0 seconds",
	"It is over before anybody is looked for.",
	"Give it some seconds, or remove it."}},
[LINT_STEP_NEVER] = {{
	"queue {0}: step {1} would begin after {2} s, but {3} ends the waiting after {4} s",
	"The step and those behind it never come.",
	"Shorten the steps before it, or make {3} longer."}},
[LINT_STEP_AFTER_OVERFLOW] = {{
	"queue {0}: step {1} would begin after {2} s, but {3} hands the contact on after {4} s",
	"The step comes only while the overflow is not possible.",
	"Shorten the steps before it, or make {3} longer."}},
[LINT_STEP_TIGHTER] = {{
	"queue {0}: step {1} is tighter than the one before it in {2}",
	"Who could take the contact before may not any more, though it has waited longer.",
	"Let {2} only loosen from step to step."}},
[LINT_STEP_SAME] = {{
	"queue {0}: step {1} changes nothing",
	"It is the same as the one before it.",
	"Remove it, or loosen something in it."}},
[LINT_UNTIL_STEP] = {{
	"queue {0}: until_step {1} is never reached; the last step is {2}",
	"The skill stays required for ever.",
	"Add steps, or lower until_step."}},
[LINT_DROP_UNASKED] = {{
	"queue {0}: step {1} drops {2}, which the queue does not require",
	"It does something only for contacts that require it by themselves.",
	"Remove it from drop, or require the skill."}},
[LINT_RAISE_IDLE] = {{
	"queue {0}: priority_raise in step {1} changes nothing at priority {2}",
	"The contacts stay where they are in the order.",
	"Give the queue a priority that can be raised, or remove priority_raise."}},
[LINT_PRIORITY_UNUSED] = {{
	"queue {0}: its ageing tells priorities apart, but all its contacts come with priority {1}",
	"Only a priority that a supervisor changes by hand makes a difference.",
	"Give the queues of these agents different priorities, or choose the mode strict."}},
[LINT_TIER_STARVES] = {{
	"queue {0}: each of its members also serves contacts of a lower tier ({3}, as in {1}, before {2})",
	"Tiers are strict: while {1} is never empty, nobody is served in {0}.",
	"Give both queues one tier with ageing, raise the priority in a later step, or leave {0} a member of its own."}},
[LINT_TIER_MIXED] = {{
	"queue {0}: it shares agents and tier {2} with {1}, but ages in another mode",
	"Starts ahead, deadlines and growths are compared as if they were the same: the order is hardly what is meant.",
	"Give both the same mode, or different tiers."}},
[LINT_OVERFLOW_SELF] = {{
	"queue {0}: it overflows to itself",
	"Nothing overflows.",
	"Name another queue, or remove the overflow."}},
[LINT_OVERFLOW_REMOVED] = {{
	"queue {0}: the queue that it overflows to was removed",
	"Nothing overflows.",
	"Name another queue, or remove the overflow."}},
[LINT_OVERFLOW_RING] = {{
	"queue {0}: overflow goes round: {1}",
	"When all of them are busy, a contact goes round up to 8 times and begins its steps anew each time.",
	"Let one of these queues not overflow."}},
[LINT_OVERFLOW_RING_WAIT] = {{
	"queue {0}: who waits goes round: {1}",
	"Each contact that nobody takes goes round up to 8 times and begins its steps anew each time.",
	"Let one of these queues not overflow by waiting."}},
[LINT_OVERFLOW_IDLE] = {{
	"queue {0}: nothing makes it overflow to {1}",
	"The overflow never happens.",
	"Set after_seconds, length or absent, or let full, expired or closed overflow."}},
[LINT_OVERFLOW_UNSERVED] = {{
	"queue {0}: it overflows to {1}, where nobody can take contacts",
	"Who overflows waits there for ever.",
	"Give {1} members with the skills it requires, or name another queue."}},
[LINT_OVERFLOW_CLOSED_TOO] = {{
	"queue {0}: when it is closed, {1} is closed too",
	"The overflow of a closed queue never happens: contacts wait until it opens.",
	"Give {1} longer hours, or another treatment of who finds {0} closed."}},
[LINT_OVERFLOW_HOLE] = {{
	"queue {0}: between it and {1} nobody is open, from {3} to {4} on {2:day}",
	"Who comes then is not handed on, as it is before and after.",
	"Let the hours touch."}},
[LINT_OVERFLOW_SMALL] = {{
	"queue {0}: it overflows with {2} waiting to {1}, which takes {3}",
	"When it matters, {1} is full as well.",
	"Raise length_max of {1}, or name a larger queue."}},
[LINT_OVERFLOW_LENGTH_LATE] = {{
	"queue {0}: it would overflow with {1} waiting, but is full with {2}",
	"The overflow by length never happens.",
	"Make overflow.length smaller than length_max."}},
[LINT_OVERFLOW_LATE] = {{
	"queue {0}: it would overflow after {1} s, but the waiting ends after {2} s",
	"The overflow by waiting never happens.",
	"Make overflow.after_seconds shorter than wait_max_seconds."}},
[LINT_FULL_IDLE] = {{
	"queue {0}: full says overflow, but without length_max it is never full",
	"The setting does nothing.",
	"Set length_max, or leave full out."}},
[LINT_EXPIRED_IDLE] = {{
	"queue {0}: expired is set, but without wait_max_seconds no waiting expires",
	"The setting does nothing.",
	"Set wait_max_seconds, or leave expired out."}},
[LINT_HOURS_NEVER] = {{
	"queue {0}: it is never open in the next two years",
	"Its contacts are never offered.",
	"Give the hours a week or an exception that opens."}},
[LINT_HOURS_SHORT] = {{
	"queue {0}: on {1:day} at {2} it is open for {3} min, shorter than an offer of {4} s",
	"It closes before the first agent had to answer.",
	"Make the interval longer, or the offer shorter."}},
[LINT_HOURS_PAST] = {{
	"queue {0}: all exceptions of its hours are past, the last one on {1}",
	"The next holidays are not in it.",
	"Enter the coming exceptions, or remove the old ones."}},
[LINT_WEEKDAY_MISSING] = {{
	"channel {0}: its queue {1} is not open on {2:day}, but on the other working days",
	"A forgotten day looks like this.",
	"Add the day to the hours, as an empty list if it is meant to be closed and all know."}},
[LINT_RESERVE_MEMBERS] = {{
	"queue {0}: its reserve of {1} is not less than its members ({2})",
	"Deferred work (e-mail, letters, messages, callbacks) is never given out.",
	"Lower the reserve, or add members."}},
[LINT_PARALLEL_MEMBERS] = {{
	"queue {0}: it offers to {1} at once, but has {2} members",
	"There are never so many to offer to.",
	"Lower parallel, or add members."}},
[LINT_AUTOMATIC_PARALLEL] = {{
	"queue {0}: it is automatic, so parallel {1} does nothing",
	"What is assigned goes to one agent at once.",
	"Choose one of the two."}},
[LINT_AUTOMATIC_LEASE] = {{
	"queue {0}: it is automatic, but takes a contact back after {1} s, sooner than an offer of {2} s",
	"Contacts go from agent to agent before one has seen them.",
	"Make first_reply_seconds longer than offer_s."}},
[LINT_FIRST_REPLY_SHORT] = {{
	"queue {0}: an agent has {1} s for the first reply",
	"Nobody reads and answers in that time: contacts go from agent to agent.",
	"Make first_reply_seconds longer."}},
[LINT_REPLY_SHORT_MAIL] = {{
	"queue {0}: an agent loses an e-mail or letter after {1} s without a reply",
	"Mail takes longer to answer: it goes from agent to agent.",
	"Give mail a queue of its own, or longer reply limits."}},
[LINT_SILENCE_SHORT] = {{
	"queue {0}: a customer who is silent for {1} s is closed",
	"Most people write more slowly.",
	"Make silence_seconds longer."}},
[LINT_LENGTH_MEMBERS] = {{
	"queue {0}: it is full with {1}, but has {2} members",
	"Contacts are turned away while each member is being offered one.",
	"Raise length_max above the number of members."}},
[LINT_WAIT_OFFER] = {{
	"queue {0}: the waiting ends after {1} s, before an offer of {2} s is over",
	"An offer that is not answered is the only one.",
	"Make wait_max_seconds longer, or offer_s shorter."}},
[LINT_MAIL_REFUSED] = {{
	"queue {0}: {1} ends contacts, but e-mail, letters or messages come in here",
	"These are not turned away, but kept and tried again, so the limit does not hold; what expires is closed unread.",
	"Let {1} wait or overflow, or give them a queue of their own."}},
[LINT_POSITION_TIES] = {{
	"queue {0}: its order is top-down, but members share a position",
	"Among these the older account always comes first.",
	"Give each member a position of its own."}},
[LINT_DRAW_EQUAL] = {{
	"queue {0}: its order is weighted-random, but all weights are equal",
	"Each member is as likely as any other.",
	"Give the members different weights, or leave it if that is meant."}},
[LINT_SERVICE_TARGET] = {{
	"queue {0}: {1} % within {2} s needs {3} agents at the busiest, it has {4} members",
	"The target cannot be met even when all are there.",
	"Add members, or set a target that can be met."}},
[LINT_CHANNEL_QUEUE_REMOVED] = {{
	"channel {0}: its queue was removed, so its contacts are refused",
	"Whoever writes or calls there is turned away.",
	"Name another queue."}},
[LINT_WEIGHT_TOO_HEAVY] = {{
	"channel {0}: a contact weighs {1}, but no member of queue {2} has a capacity above {3}",
	"Its contacts wait for ever.",
	"Lower the weight, or raise a capacity."}},
[LINT_WEIGHT_ZERO] = {{
	"channel {0}: a contact weighs 0, and max does not limit how many",
	"One agent may be given 256 at once.",
	"Set a weight or max."}},
[LINT_COUNT_IDLE] = {{
	"channel {0}: max is {1}, but no capacity has room for more than {2} at a weight of {3}",
	"The limit is never reached.",
	"Lower max, or the weight."}},
[LINT_EXCLUSIVE_BLOCKS] = {{
	"channel {0}: it is exclusive, and {1} does not interrupt it",
	"An agent with one of these in hand, perhaps for days, gets no {1}.",
	"Add {0} to the interrupts of {1}, or do not make it exclusive."}},
[LINT_INTERRUPTS_RING] = {{
	"channel {0}: it interrupts {1}, and that interrupts it, too",
	"Neither counts for the other, so an agent gets both to the full.",
	"Let only the more urgent one interrupt."}},
[LINT_AGENT_NO_QUEUE] = {{
	"agent {0}: serves no queue",
	"Nothing is offered but what is transferred by name.",
	"Add a queue, or remove the account."}},
[LINT_AGENT_CAPACITY] = {{
	"agent {0}: a capacity of {1} has no room even for the lightest contact of {2}",
	"Nothing is ever offered.",
	"Raise the capacity."}},
[LINT_AGENT_NOTHING] = {{
	"agent {0}: can take nothing in any of the queues",
	"Skills, rings and penalties keep the agent out of every step.",
	"Add skills, or lower the ring or penalty."}},
[LINT_MEMBER_UNREACHED] = {{
	"agent {0}: ring {2} and penalty {3} in {1} are past the limits of each step",
	"Nothing of that queue is ever offered.",
	"Lower the ring or penalty, or raise the limits of the last step."}},
[LINT_SKILL_UNUSED] = {{
	"skill {0}: nobody has it, and no queue asks for it",
	"It does nothing.",
	"Give it to agents, or require it."}},
[LINT_LANGUAGE_NOBODY] = {{
	"skill {0}: nobody has it, but each contact in that language requires it",
	"These contacts wait for ever.",
	"Give it to agents who speak the language."}},
};
