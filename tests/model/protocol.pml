/*
 * The protocol of one address, against a catalog that forgets, lags and loses, and somebody else who uses it too.
 *
 * What it stands for in the sources: `plan` is src/plan/decide.rs; `begin`, `send`, `look`, `ask`, `believe` are the files of
 * those names in src/apply/turn/, and the weighing in `look` is evidence.rs there; the row is src/state/change.rs, its versions
 * src/state/commit.rs; the ages of an intent are src/catalog/time.rs.
 *
 * The whole of it has no counterexample. Each `-DNO_…` leaves one rule out, and has one; each `-DUNLESS_…` drops something
 * that is taken for granted. `run` tries them all, and docs/protocol.md tells what they mean.
 */

#ifndef RUNS
#define RUNS 2      /* how often somebody starts an apply */
#endif
#ifndef BESIDE
#define BESIDE 1    /* how often on another machine: planned at any time, applied at any time after */
#endif
#ifndef CRASHES
#define CRASHES 1   /* how often one dies */
#endif
#ifndef LOSSES
#define LOSSES 1    /* how often no answer comes */
#endif
#ifndef FOREIGN
#define FOREIGN 1   /* what somebody else does */
#endif
#ifndef FAILURES
#define FAILURES 1  /* operations that end badly */
#endif

/* With -DGOAL=n, that something is reached at all is what is refuted: a model in which nothing happens has no counterexample. */
#ifdef GOAL
#define REACHED(n) assert(GOAL != n)
#else
#define REACHED(n) skip
#endif

#define PRODUCTS 3
#define RECORDS 6
#define THEIRS 3    /* the content that somebody else gives */

mtype:kind = { PROVISION, UPDATE, TERMINATE, FORGET, SETTLE };
mtype:status = { CHANGING, AVAILABLE, TAINTED, FAULTY };
mtype:progress = { RUNNING, SUCCEEDED, FAILED };
mtype:answer = { ACCEPTED, CONFLICT, ABSENT };
mtype:why = { UNANSWERED, REFUSED };

/* The catalog. `maker` is a ghost: whose token made it, 0 for somebody else. `shows` is the token that a reader sees. */
typedef Product {
    bit alive; bit lags; bit fresh;
    byte name; byte content; byte maker; byte shows;
    byte last; byte prov;                /* its last record, and the last that provisioned or updated it */
    byte was_last; byte was_prov;        /* the same, as a reader that lags sees them */
    mtype:status status
};
typedef Record { mtype:kind kind; byte product; byte content; byte token; mtype:progress progress };
Product product[PRODUCTS + 1];
Record record[RECORDS + 1];
byte products, records;

/* Whether the token of this request is remembered: drawn anew for each, so that it may be forgotten at any time. */
bit honours;

/* A request that got no answer, and may still arrive. */
typedef Message {
    bit is_there; bit unbound;           /* unbound: signed later than the intent said */
    mtype:kind kind; byte target; byte name; byte content; byte token
};
Message wire;

/* What is durable. */
typedef Row {
    bit there;
    byte bound, applied, says;           /* the product, the record that is believed, and what it is said to have made */
    byte tokens;                         /* the bits of all that were ever written down here; a tombstone keeps them */
    /* the intent: none while there is no token */
    byte token, name, content, base, accepted;
    mtype:kind kind;
    byte age;                            /* 0: may be signed; 1: may still arrive; 2: has arrived, or never will */
    bit old                              /* no reader lags behind what was there when it was born */
};
Row row;
byte tokens_drawn;
bit overtaken[2];                        /* the row was written by the other apply since this one read its version */

/* What is declared: no content, no product. */
byte want_name = 1, want_content = 1;
bit edited;

byte crashes, losses, foreign, failures;
bit locked;

/* What must never be. */
bit lost, doubled, untrue, touched;

#define IS_OURS(p) (product[p].alive && product[p].maker)
#define IS_KNOWN(p) (row.there && (row.bound == p || ((row.tokens >> product[p].maker) & 1)))
#define IS_LOST(p) (IS_OURS(p) && !IS_KNOWN(p))

/* With -DLOST_IS_FINE, something else has to be found wrong. */
inline judge() {
#ifndef LOST_IS_FINE
    lost = IS_LOST(1) || IS_LOST(2) || IS_LOST(3);
    assert(!lost);
#endif
    doubled = IS_OURS(1) + IS_OURS(2) + IS_OURS(3) > 1;
    assert(!doubled);
    untrue = row.there && !row.token && row.applied && (record[row.applied].progress != SUCCEEDED
        || record[row.applied].content != row.says || record[row.applied].product != row.bound);
    assert(!untrue)
}

/* ---- the catalog ---- */

inline moved(on, by) {
    product[on].was_last = product[on].last;
    product[on].was_prov = product[on].prov;
    product[on].lags = 1;
    product[on].last = by;
    product[on].status = CHANGING
}

inline holder_of(of_name, holder) {
    holder = 0;
    if
    :: product[1].alive && product[1].name == of_name -> holder = 1
    :: product[2].alive && product[2].name == of_name -> holder = 2
    :: product[3].alive && product[3].name == of_name -> holder = 3
    :: else
    fi
}

inline record_of_token(of_token, found) {
    found = records;
    do
    :: found > 0 && record[found].token != of_token -> found--
    :: else -> break
    od
}

inline vanished(on) {
    caught_up(on);
    product[on].alive = 0; product[on].name = 0; product[on].content = 0; product[on].maker = 0; product[on].shows = 0;
    product[on].last = 0; product[on].prov = 0; product[on].status = 0
}

inline caught_up(on) {
    product[on].lags = 0; product[on].fresh = 0; product[on].was_last = 0; product[on].was_prov = 0
}

inline remembers() {
    if
    :: honours = 1
    :: honours = 0
    fi
}

/* What the catalog does with a request; `a_token` is 0 for somebody else. */
#ifdef UNLESS_TOKENS_STAY
#define SHOWN(its, before) its
#else
#define SHOWN(its, before) (its -> its : before)
#endif
#ifdef NO_ID
#define NAMED(by_name, by_id) skip
#else
#define NAMED(by_name, by_id) by_name = by_id
#endif

inline serve(a_kind, a_target, a_name, a_content, a_token, an_answer, an_operation, a_product) {
    an_operation = 0;
    if
    :: a_token && honours -> record_of_token(a_token, an_operation)
    :: else
    fi;
    if
    :: an_operation -> an_answer = ACCEPTED; REACHED(4)
    :: else ->
        holder_of(a_name, a_product);
        if
        :: a_kind == PROVISION && a_product -> an_answer = CONFLICT
        :: a_kind == PROVISION && !a_product ->
            products++; records++; a_product = products; an_operation = records;
            product[a_product].alive = 1; product[a_product].fresh = 1;
            product[a_product].name = a_name; product[a_product].content = a_content; product[a_product].maker = a_token;
            an_answer = ACCEPTED
        :: a_kind != PROVISION ->
            NAMED(a_product, a_target);
            if
            :: !a_product || !product[a_product].alive -> an_answer = ABSENT
            :: else ->
                if
                :: product[a_product].status == CHANGING -> an_answer = CONFLICT
                :: else ->
                    touched = a_token && !product[a_product].maker;
                    assert(!touched);
                    records++; an_operation = records;
                    an_answer = ACCEPTED
                fi
            fi
        fi;
        if
        :: an_answer == ACCEPTED ->
            record[an_operation].kind = a_kind; record[an_operation].product = a_product; record[an_operation].content = a_content;
            record[an_operation].token = a_token; record[an_operation].progress = RUNNING;
            moved(a_product, an_operation);
            printf("catalog: takes %e, token %d: record %d on product %d\n", a_kind, a_token, an_operation, a_product);
            if
            :: a_kind != TERMINATE ->
                product[a_product].prov = an_operation;
                product[a_product].shows = SHOWN(a_token, product[a_product].shows)
            :: else
            fi
        :: else -> printf("catalog: refuses %e, token %d: %e\n", a_kind, a_token, an_answer)
        fi
    fi;
    honours = 0;
    judge()
}

inline finish(ended, is_good) {
    printf("catalog: record %d is over, well: %d\n", ended, is_good);
    if
    :: is_good ->
        record[ended].progress = SUCCEEDED;
        if
        :: record[ended].kind == TERMINATE ->
            vanished(record[ended].product)
        :: else ->
            product[record[ended].product].content = record[ended].content;
            product[record[ended].product].status = AVAILABLE
        fi
    :: else ->
        failures++;
        record[ended].progress = FAILED;
        product[record[ended].product].status = (record[ended].kind == PROVISION -> FAULTY : TAINTED)
    fi;
    judge()
}

#define ROOM (records < RECORDS && products < PRODUCTS)
#define NONE_LAGS (!product[1].lags && !product[2].lags && !product[3].lags)

#ifdef UNLESS_LAG_ENDS_FIRST
#define LAG_IS_OVER 1
#else
#define LAG_IS_OVER NONE_LAGS
#endif

/* Work in the catalog goes on, readers catch up, requests arrive or do not, tokens are forgotten, signatures expire. */
proctype catalog() {
    byte r, p;
    mtype:answer said;
end:
    do
    :: atomic {
        r = 1;
        do
        :: r <= records && record[r].progress != RUNNING -> r++
        :: else -> break
        od;
        r <= records ->
        if
        :: d_step { finish(r, 1) }
        :: failures < FAILURES -> d_step { finish(r, 0) }
        fi;
        r = 0
    }
    :: atomic { product[1].lags -> caught_up(1) }
    :: atomic { product[2].lags -> caught_up(2) }
    :: atomic { product[3].lags -> caught_up(3) }
    :: atomic { wire.is_there && ROOM ->
        remembers();
        d_step {
        serve(wire.kind, wire.target, wire.name, wire.content, wire.token, said, r, p);
        wire.is_there = 0; wire.kind = 0; wire.target = 0; wire.name = 0; wire.content = 0; wire.token = 0; wire.unbound = 0;
        printf("(that was a request without an answer)\n");
        said = 0; r = 0; p = 0 }
    }
    :: d_step { row.token && row.age == 0 -> row.age = 1 }
    :: d_step { row.token && row.age == 1 && LAG_IS_OVER ->
        printf("no request of token %d can arrive any more\n", row.token);
        row.age = 2;
        if
        /* what was signed in time has arrived by now, or is refused */
        :: wire.is_there && !wire.unbound ->
            wire.is_there = 0; wire.kind = 0; wire.target = 0; wire.name = 0; wire.content = 0; wire.token = 0
        :: else
        fi
    }
    :: d_step { row.token && row.kind != PROVISION && !row.old && NONE_LAGS -> row.old = 1 }
    od
}

/* Somebody else: updates, terminates, and makes products under our names. And who declares: once, something else. */
proctype others() {
    byte r, p, on;
    mtype:answer said;
end:
    do
    :: atomic { foreign < FOREIGN && ROOM ->
        foreign++;
        if
        :: product[1].alive && product[1].status != CHANGING -> on = 1
        :: product[2].alive && product[2].status != CHANGING -> on = 2
        :: product[3].alive && product[3].status != CHANGING -> on = 3
        :: on = 0
        fi;
        if
        :: on -> d_step { serve(UPDATE, on, product[on].name, THEIRS, 0, said, r, p) }
        :: on -> d_step { serve(TERMINATE, on, product[on].name, 0, 0, said, r, p) }
        :: !on -> d_step { serve(PROVISION, 0, 1, THEIRS, 0, said, r, p) }
        :: !on -> d_step { serve(PROVISION, 0, 2, THEIRS, 0, said, r, p) }
        fi;
        printf("(that was somebody else)\n");
        r = 0; p = 0; on = 0; said = 0
    }
    :: atomic { !edited && !locked ->
        edited = 1;
        if
        :: want_content = 2
        :: want_name = 2
        :: want_content = 0
        fi;
        printf("declared: name %d, content %d\n", want_name, want_content)
    }
    od
}

/* ---- an apply ---- */

/* What a reader sees of a product: while it lags, either what is or what was. */
inline view(of_product) {
    sees = 0; sees_last = 0; sees_prov = 0; sees_status = 0;
    if
    :: !of_product || !product[of_product].alive
    :: of_product && product[of_product].alive ->
        sees = of_product; sees_last = product[of_product].last; sees_prov = product[of_product].prov; sees_status = product[of_product].status
    :: of_product && product[of_product].alive && product[of_product].lags && product[of_product].fresh
    :: of_product && product[of_product].alive && product[of_product].lags && !product[of_product].fresh ->
        sees = of_product; sees_last = product[of_product].was_last; sees_prov = product[of_product].was_prov; sees_status = AVAILABLE
    fi
}

/* Writes of the row: made from the version that was read. */
#ifdef NO_VERSIONS
#define HOLDS 1
#else
#define HOLDS (!overtaken[me])
#endif

inline written() { overtaken[1 - me] = 1 }

inline close_intent() {
    row.token = 0; row.name = 0; row.content = 0; row.base = 0; row.accepted = 0; row.kind = 0; row.age = 0; row.old = 0
}

inline drop_row() { row.there = 0; row.bound = 0; row.applied = 0; row.says = 0 }

/* Whether nothing is lost with the row: no product is known, and no earlier operation could have left one. */
#define ONLY_TOKEN(t) (row.tokens == (1 << t))
#define IS_BARE (!row.bound && !row.applied && ONLY_TOKEN(row.token))

inline refused() {
    d_step {
        printf("apply %d: token %d was refused\n", me, row.token);
        if
        :: HOLDS ->
            if
            :: IS_BARE -> close_intent(); drop_row()
            :: else -> close_intent()
            fi;
            written(); judge()
        :: else
        fi
    }
}

inline abandoned() {
    d_step {
        printf("apply %d: token %d is over, without effect on what is believed\n", me, row.token);
        if
        :: HOLDS -> close_intent(); written(); judge()
        :: else
        fi
    }
}

inline gone() {
    d_step {
        printf("apply %d: product %d is taken for gone, and the row dropped\n", me, row.bound);
        if
        :: HOLDS -> close_intent(); drop_row(); written(); judge()
        :: else
        fi
    }
}

/* Decides what there is to do. */
inline plan() {
    overtaken[me] = 0;
    act = 0; target = 0;
    p = (row.bound && product[row.bound].alive -> row.bound : 0);
    /* unbound, but its token made something */
    if
    :: !row.bound && product[1].alive && product[1].shows && ((row.tokens >> product[1].shows) & 1) -> p = 1
    :: !row.bound && product[2].alive && product[2].shows && ((row.tokens >> product[2].shows) & 1) -> p = 2
    :: !row.bound && product[3].alive && product[3].shows && ((row.tokens >> product[3].shows) & 1) -> p = 3
    :: else
    fi;
#ifdef UNLESS_PLANS_SEE_ALL
    if
    :: p && product[p].lags && product[p].fresh -> p = 0
    :: true
    fi;
#endif
    if
    :: row.token -> act = SETTLE
    :: !row.token && p && product[p].status == CHANGING
    :: !row.token && p && product[p].status != CHANGING ->
        target = p;
        if
        :: !want_content || product[p].name != want_name || product[p].status == FAULTY -> act = TERMINATE
        :: want_content && product[p].name == want_name && product[p].status != FAULTY ->
            if
            :: !row.applied || product[p].status == TAINTED || product[p].prov != row.applied || row.says != want_content ->
                act = UPDATE
            :: else
            fi
        fi;
        base = product[p].last
    :: !row.token && !p && !want_content -> act = (row.there -> FORGET : 0)
    :: !row.token && !p && want_content ->
        holder_of(want_name, p);
        act = (p -> 0 : PROVISION)
    fi;
    name = want_name; content = (act == TERMINATE -> 0 : want_content);
    if
    :: act == TERMINATE -> name = product[target].name
    :: else
    fi;
    p = 0
}

inline begin() {
    tokens_drawn++; token = tokens_drawn;
    printf("apply %d: begins %e with token %d, name %d, content %d\n", me, act, token, name, content);
#ifndef NO_INTENT
    write_intent();
#endif
    judge()
}

inline write_intent() {
#ifdef NO_VERSIONS
    /* the row as it was read, and what is new */
    row.there = was_there; row.bound = was_bound; row.applied = was_applied; row.says = was_says; row.tokens = was_tokens;
    close_intent();
#endif
    row.there = 1;
    if
    :: act == PROVISION -> row.bound = 0; row.applied = 0; row.says = 0
    :: act != PROVISION && !row.bound -> row.bound = target
    :: else
    fi;
    row.tokens = row.tokens | (1 << token);
    row.token = token; row.kind = act; row.name = name; row.content = content;
    row.base = (act == PROVISION -> 0 : base);
    row.age = 0; row.old = 0;
    written()
}

/* Whether the request can still be made exactly as it was. */
#define IS_SAME (row.kind == TERMINATE || (want_content && row.content == want_content && row.name == want_name))

inline take_up() {
    printf("apply %d: takes up token %d\n", me, row.token);
    act = row.kind; token = row.token; name = row.name; content = row.content; base = row.base;
    target = (row.kind == PROVISION -> 0 : row.bound);
    can_send = IS_SAME
}

#ifdef NO_SIGN_BY
#define IS_SIGNABLE 1
#else
#define IS_SIGNABLE (row.age == 0)
#endif
#ifdef NO_QUARANTINE
#define HAS_ARRIVED 1
#else
#define HAS_ARRIVED (row.age == 2)
#endif
#ifdef NO_LAG
#define IS_ABSENCE_PROVEN 1
#else
#define IS_ABSENCE_PROVEN (row.old)
#endif

#define DIES crashes < CRASHES -> crashes++; printf("apply %d: dies\n", me); goto over

inline look_again() { sees = 0; sees_last = 0; sees_prov = 0; sees_status = 0 }

/* The same token again, if the same request can be made; else it is over, and the next run plans anew. */
inline again() {
    look_again();
    if
    :: can_send && HOLDS -> d_step { printf("apply %d: sends token %d again\n", me, token); row.age = 0; written() } goto send
    :: can_send && !HOLDS -> goto over
    :: !can_send -> abandoned(); goto over
    fi
}

proctype apply(bit me; byte runs) {
    byte target, base, name, content, token, r, p;
    byte sees, sees_last, sees_prov, candidates;
#ifdef NO_VERSIONS
    byte was_there, was_bound, was_applied, was_says, was_tokens;
#endif
    bit can_send, doubtful, was_moved;
    mtype:kind act;
    mtype:status sees_status;
    mtype:answer said;
    mtype:why why;

end:
    atomic { runs > 0 -> runs--; plan();
#ifdef NO_VERSIONS
        was_there = row.there; was_bound = row.bound; was_applied = row.applied; was_says = row.says; was_tokens = row.tokens;
#endif
    }
    if
    :: !act -> goto rest
    :: act
    fi;
#ifdef NO_LOCK
    skip;
#else
    atomic { !locked -> locked = 1 }
#endif
    if
    :: atomic { !HOLDS -> REACHED(6); goto over }
    :: atomic { HOLDS && act == SETTLE -> take_up();
        if
        :: row.accepted -> REACHED(3); r = row.accepted; goto ask
        :: else -> why = UNANSWERED; goto look
        fi
    }
    :: d_step { HOLDS && act == FORGET -> printf("apply %d: forgets\n", me); drop_row(); written(); judge() }
        goto over
    :: d_step { HOLDS && act != FORGET && act != SETTLE -> begin(); can_send = 1 }
    fi;

send:
    if
    :: atomic { DIES }
#ifndef NO_SIGN_BY
    /* it waited for too long: a new bound, durable before it leaves */
    :: d_step { HOLDS && row.token && row.age > 0 -> row.age = 0; written() } goto send
#endif
    :: atomic { ROOM && IS_SIGNABLE ->
#ifdef NO_STORED_TOKEN
        tokens_drawn++; token = tokens_drawn;
#endif
        remembers();
        d_step { serve(act, target, name, content, token, said, r, p); p = 0 };
        if
        :: said == ACCEPTED -> said = 0; goto accepted
        :: said != ACCEPTED -> said = 0; r = 0; why = REFUSED; goto look
        fi
    }
    /* no answer: it may arrive yet, or has arrived in this moment */
    :: atomic { losses < LOSSES && !wire.is_there && ROOM && IS_SIGNABLE ->
        losses++;
        printf("apply %d: sends token %d, and gets no answer\n", me, token);
        wire.is_there = 1; wire.kind = act; wire.target = target; wire.name = name; wire.content = content; wire.token = token;
        wire.unbound = (row.token && row.age > 0);
        why = UNANSWERED;
#ifdef NO_LOOK
        refused();
        goto over
#else
        goto look
#endif
    }
    /* refused for good: nothing was begun, unless by the same request before */
    :: atomic { !doubtful -> refused(); goto over }
    :: atomic { doubtful -> goto over }
    fi;

look:
    if
    :: atomic { DIES }
    :: atomic { why == REFUSED || row.age <= 2 ->
        if
        :: act == PROVISION -> holder_of(name, p)
        :: else -> p = target
        fi;
        view(p);
        p = 0;
        if
        /* a creation */
        :: act == PROVISION && sees && product[sees].shows == token ->
            /* the last record may be somebody else's update by now: it is the one that made it */
            d_step {
                r = records;
                do
                :: record[r].product != sees || record[r].kind != PROVISION -> r--
                :: else -> break
                od
            };
            look_again();
            goto accepted
        :: act == PROVISION && sees && product[sees].shows && product[sees].shows != token && ((row.tokens >> product[sees].shows) & 1) ->
            printf("apply %d: product %d was made by an earlier token\n", me, sees);
            d_step {
                if
                :: HOLDS -> close_intent(); row.bound = sees; written(); judge()
                :: else
                fi
            }
            goto over
        :: act == PROVISION && sees && !(product[sees].shows && ((row.tokens >> product[sees].shows) & 1)) ->
            if
            :: why == REFUSED -> REACHED(5); refused(); goto over
            :: why == UNANSWERED && HAS_ARRIVED && sees_status != CHANGING -> doubtful = 1; again()
            :: why == UNANSWERED && !(HAS_ARRIVED && sees_status != CHANGING) -> look_again(); goto look
            fi
        /* an update, or a termination, of what is not found */
        :: act != PROVISION && !sees ->
            if
            :: !IS_ABSENCE_PROVEN -> look_again(); goto look
            :: IS_ABSENCE_PROVEN && act == TERMINATE -> gone(); goto over
            :: IS_ABSENCE_PROVEN && act == UPDATE -> abandoned(); goto over
            fi
        :: act != PROVISION && sees && sees_last != base ->
            if
            :: why == REFUSED -> abandoned(); goto over
            :: why == UNANSWERED ->
                d_step {
                    candidates = 0; p = base + 1; r = 0;
                    do
                    :: p <= records ->
                        if
                        :: record[p].product == sees && record[p].kind == act -> candidates++; r = p
                        :: else
                        fi;
                        p++
                    :: else -> break
                    od;
                    p = 0
                }
                if
#ifdef NO_PROOF
                :: candidates == 1 -> candidates = 0; goto accepted
#else
                :: candidates == 1 && act == TERMINATE -> candidates = 0; goto accepted
                :: candidates && act == UPDATE ->
                    candidates = 0; r = 0;
                    if
                    :: HAS_ARRIVED && sees_status != CHANGING -> doubtful = 1; again()
                    :: else -> look_again(); goto look
                    fi
#endif
                :: candidates > 1 && act == TERMINATE -> candidates = 0; r = 0; abandoned(); goto over
                :: !candidates && HAS_ARRIVED -> abandoned(); goto over
                :: !candidates && !HAS_ARRIVED -> look_again(); goto look
                fi
            fi
        /* nothing of it is found */
        :: else ->
            if
            :: why == REFUSED && doubtful -> goto over
            :: why == REFUSED && !doubtful -> refused(); goto over
            :: why == UNANSWERED && HAS_ARRIVED -> doubtful = 0; again()
            :: why == UNANSWERED && !HAS_ARRIVED -> look_again(); goto look
            fi
        fi
    }
    fi;

accepted:
    if
    :: atomic { DIES }
    :: atomic { !HOLDS -> goto over }
    :: d_step { HOLDS ->
        printf("apply %d: record %d on product %d is its own\n", me, r, record[r].product);
#ifdef NO_INTENT
        write_intent();
#endif
        row.accepted = r;
        if
        :: !row.bound && act == PROVISION -> row.bound = record[r].product
        :: else
        fi;
        written(); judge()
    }
    fi;

ask:
    if
    :: atomic { DIES }
#ifdef NO_RECORD
    :: atomic { record[r].progress == RUNNING && act != TERMINATE -> goto believed }
#endif
    :: atomic { record[r].progress == FAILED ->
#ifdef NO_FAILED
        if
        :: act != TERMINATE -> goto believed
        :: else
        fi;
#endif
#ifdef NO_KEPT_ROW
        gone();
#else
        abandoned();
#endif
        goto over
    }
    :: atomic { record[r].progress == SUCCEEDED && act == TERMINATE -> REACHED(2); gone(); goto over }
    :: atomic { record[r].progress == SUCCEEDED && act != TERMINATE ->
        p = record[r].product;
        was_moved = (!product[p].alive || product[p].prov != r) && !product[p].lags;
        p = 0
    }
    fi;

believe:
#ifndef NO_SECOND_LOOK
    if
    :: atomic {
        p = record[r].product;
        view(p);
        if
        :: sees && sees_status == AVAILABLE && sees_prov == r -> p = 0
        :: !(sees && sees_status == AVAILABLE && sees_prov == r) && product[p].lags -> p = 0; goto believe
        :: !(sees && sees_status == AVAILABLE && sees_prov == r) && !product[p].lags ->
            /* it went well, and is not what it made any more: written down, and told to nobody as done */
            REACHED(7);
            p = 0; sees = 0; sees_last = 0; sees_prov = 0; sees_status = 0;
            d_step {
                if
                :: HOLDS -> row.applied = r; row.says = row.content; close_intent(); written(); judge()
                :: else
                fi
            }
            goto over
        fi
    }
    fi;
#endif

believed:
    atomic {
        if
        :: HOLDS ->
            printf("apply %d: product %d is applied, by record %d\n", me, record[r].product, r);
            d_step { row.applied = r; row.says = row.content; close_intent(); written(); judge() }
            /* what is told as applied was so when it was looked at, or less than a lag before */
            if
            :: act == UPDATE -> REACHED(1)
            :: else
            fi;
            untrue = was_moved;
            assert(!untrue)
        :: else
        fi
    };

over:
    atomic {
#ifndef NO_LOCK
        locked = 0;
#endif
        skip
    };
rest:
    atomic {
        target = 0; base = 0; name = 0; content = 0; token = 0; r = 0; p = 0; act = 0; said = 0; why = 0;
        sees = 0; sees_last = 0; sees_prov = 0; sees_status = 0; candidates = 0; can_send = 0; doubtful = 0; was_moved = 0;
#ifdef NO_VERSIONS
        was_there = 0; was_bound = 0; was_applied = 0; was_says = 0; was_tokens = 0;
#endif
        goto end
    }
}

init {
    atomic {
        if
        /* nothing is there yet */
        :: skip
        /* or one that is applied and known */
        :: d_step {
            printf("there is product 1, applied\n");
            products = 1; records = 1; tokens_drawn = 1;
            product[1].alive = 1; product[1].name = 1; product[1].content = 1; product[1].maker = 1; product[1].shows = 1;
            product[1].last = 1; product[1].prov = 1; product[1].status = AVAILABLE;
            record[1].kind = PROVISION; record[1].product = 1; record[1].content = 1; record[1].token = 1;
            record[1].progress = SUCCEEDED;
            row.there = 1; row.bound = 1; row.applied = 1; row.says = 1; row.tokens = 2
        }
        fi;
        run catalog(); run others(); run apply(0, RUNS); run apply(1, BESIDE)
    }
}
