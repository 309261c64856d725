# Questions to the JSON of `vmspy diff --runs`: jq -L tests/live 'include "answer"; ...'

def hex:
  ltrimstr("0x") | explode
  | reduce .[] as $c (0; . * 16 + (if $c >= 97 then $c - 87 else $c - 48 end));

# The state that each class belongs to.
def state_of_class:
  { "shared": "shared", "shared-ksm": "shared", "shared-file": "shared", "swap-same": "shared",
    "diverged": "diverged", "diverged-file": "diverged", "diverged-zero": "diverged",
    "swap-diff": "diverged", "swap-frame-diverged": "diverged",
    "only-A": "only_a", "novma-A": "only_a", "only-B": "only_b", "novma-B": "only_b",
    "lazy-A": "lazy_a", "lazy-B": "lazy_b", "separate": "separate", "remapped": "separate",
    "unknown": "unknown", "unstable": "unknown", "swap-frame-unknown": "unknown" }[.];

def states:
  ["shared", "diverged", "only_a", "only_b", "lazy_a", "lazy_b", "separate", "unknown"];

# Only what an independent reader can count too.
def counts:
  { totals: (.totals | with_entries(select(.key as $k | states | map(. + "_pages") | index($k)))),
    a: .a | { present_pages, swapped_pages, zero_pages, hugetlb_pages, uncounted_pages },
    b: .b | { present_pages, swapped_pages, zero_pages, hugetlb_pages, uncounted_pages } };

# [{ start, end, class }] as numbers, adjacent runs of one class as one, whatever the mapping.
def joined_runs:
  reduce (.runs[] | { start: (.start | hex), end: (.end | hex), class }) as $run ([];
    if length > 0 and .[-1].end == $run.start and .[-1].class == $run.class
    then .[-1].end = $run.end else . + [$run] end);

# The words that a fixture prints, for a region; "-" where no run says anything.
def words($start; $pages; $page_bytes):
  ($start | hex) as $from | ($from + $pages * $page_bytes) as $to
  | [ joined_runs[] | select(.end > $from and .start < $to)
      | { start: ([.start, $from] | max), end: ([.end, $to] | min), class } ]
  | reduce (.[], { start: $to, end: $to }) as $run ({ at: $from, words: [] };
      (if $run.start > .at then .words += [["-", ($run.start - .at) / $page_bytes]] else . end)
      | (if $run.end > $run.start
         then .words += [[$run.class, ($run.end - $run.start) / $page_bytes]] else . end)
      | .at = $run.end)
  | .words | map(if .[1] == 1 then .[0] else "\(.[0])*\(.[1])" end) | join(" ");

def sum(f): reduce f as $n (0; . + $n);

# What the manual promises of every answer, and this one breaks: a list of sentences.
def broken_promises:
  . as $answer
  | [ (.runs as $runs | range(1; $runs | length) | . as $i
       | select(($runs[$i - 1].end | hex) > ($runs[$i].start | hex))
       | "run \($i) overlaps the one before it, or lies below it"),
      (.runs[] | select(((.end | hex) - (.start | hex)) != .pages * $answer.host.page_bytes)
       | "the run at \(.start) has \(.pages) pages"),
      (.runs[] | select((.class | state_of_class) != .state)
       | "the run at \(.start) has class \(.class) and state \(.state)"),
      (.runs[] | select(.class == "shared" and (.frame_a == null or .frame_a != .frame_b))
       | "the run at \(.start) is shared and has not one frame"),
      (.runs[] | select(.class == "diverged" and $answer.host.frames == "visible"
                      and (.frame_a == null or .frame_b == null or .frame_a == .frame_b))
       | "the run at \(.start) has diverged and has not two frames"),
      (states[] as $state
       | sum($answer.runs[] | select(.state == $state) | .pages) as $pages
       | select($pages != $answer.totals[$state + "_pages"])
       | "the runs have \($pages) pages \($state), the totals \($answer.totals[$state + "_pages"])"),
      (states[] as $state
       | sum($answer.mappings[] | .[$state + "_pages"]) as $pages
       | select($pages != $answer.totals[$state + "_pages"])
       | "the mappings have \($pages) pages \($state), the totals \($answer.totals[$state + "_pages"])"),
      (("a", "b") as $side
       | select($answer.totals.unknown_pages == 0)
       | ($answer[$side].present_pages + $answer[$side].swapped_pages) as $has
       | sum(("shared", "diverged", "separate", "only_" + $side, "lazy_" + $side)
             | $answer.totals[. + "_pages"]) as $told
       | select($has != $told + $answer[$side].uncounted_pages)
       | "\($side) has \($has) pages, \($told) are told and \($answer[$side].uncounted_pages) not counted") ];
