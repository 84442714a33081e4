# Says of one migration whether running code survives it. Prints a line for each statement that takes something away
# from the code that is running, and nothing when the file only adds.
#
# Not looked at: bodies of functions, texts, comments, and what is done to a table that the same file creates.
# Two comments at the beginning of a line decide by hand, each with a reason (docs/MIGRATIONS.md):
#   -- expand: REASON      the file takes nothing away that running code uses, though it looks so
#   -- contract: REASON    running code must not need what the file changes, though it does not look so; wins over the other

# What a DROP may name without harm: it loosens, or a new CREATE follows.
function loosens(word) {
  return word ~ /^(constraint|default|not|index|identity|expression|trigger|policy)$/
}

function report(why) {
  print why
  found = 1
}

function judge_clause(clause,    words, count, i) {
  if (clause ~ /^add (column )?/ && clause ~ / not null/ && clause !~ / default | generated /)
    report("a new column that must be given: " clause)
  if (clause ~ / set not null/) report("a column that becomes required: " clause)
  if (clause ~ /^alter (column )?[^ ]+ (set data )?type /) report("another type: " clause)
  if (clause ~ /^rename /) report("another name: " clause)
  count = split(clause, words, " ")
  for (i = 1; i < count; i++)
    if (words[i] == "drop" && !loosens(words[i + 1])) { report("gone: " clause); break }
}

# Whether every table of a list such as "a.b, c.d" is new in this file.
function all_new(list,    count, names, i) {
  count = split(list, names, /, */)
  for (i = 1; i <= count; i++) if (!(names[i] in created)) return 0
  return 1
}

# The words after the first "on" of a revoke, up to "from".
function revoked_on(statement) {
  sub(/^.* on (table )?/, "", statement)
  sub(/ from .*$/, "", statement)
  return statement
}

function judge(statement,    count, clauses, i, name) {
  gsub(/[ \t\n]+/, " ", statement)
  sub(/^ /, "", statement)
  sub(/ $/, "", statement)
  if (statement ~ /^create table /) {
    sub(/^create table (if not exists )?/, "", statement)
    sub(/[ (].*$/, "", statement)
    created[statement]
  } else if (statement ~ /^alter table /) {
    sub(/^alter table (if exists )?(only )?/, "", statement)
    name = statement
    sub(/ .*$/, "", name)
    if (name in created) return
    sub(/^[^ ]+ /, "", statement)
    count = split(statement, clauses, /, */)
    for (i = 1; i <= count; i++) judge_clause(clauses[i])
  } else if (statement ~ /^alter .* rename /) report("another name: " statement)
  else if (statement ~ /^drop / && !loosens(word_after_drop(statement))) report("gone: " statement)
  else if (statement ~ /^(truncate|delete from) /) report("rows gone: " statement)
  else if (statement ~ /^revoke / && statement !~ / from public$/ && !all_new(revoked_on(statement)))
    report("a right gone: " statement)
}

function word_after_drop(statement,    words) {
  split(statement, words, " ")
  return words[2]
}

# Takes comments, quoted texts and dollar-quoted bodies out of the whole file.
function bare(text,    out, tag, end) {
  while (match(text, /--[^\n]*|\/\*|'|\$[a-z_]*\$/)) {
    out = out substr(text, 1, RSTART - 1)
    tag = substr(text, RSTART, RLENGTH)
    text = substr(text, RSTART + RLENGTH)
    if (tag ~ /^--/) continue
    if (tag == "/*") tag = "*/"
    end = index(text, tag)
    if (end == 0) return out
    text = substr(text, end + length(tag))
    out = out " ? "
  }
  return out text
}

/^-- expand: ./ { safe = 1 }
/^-- contract: ./ { report(substr($0, 4)) }
{ file = file $0 "\n" }

END {
  if (safe) exit 0
  count = split(bare(tolower(file)), statements, ";")
  for (i = 1; i <= count; i++) judge(statements[i])
}
