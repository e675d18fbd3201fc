/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A user who moves from cell A to cell B while two devices sync, take sessions over from each other and follow redirects, and
 * the moving program is killed at any step, to be started again or undone. The words are those of the code: the holds of
 * storage/accounts/move_hold.h, the steps of storage/moving/account_move.cpp, the answers of cells/cells.cpp.
 *
 * Checked (./dev model): a sync that was acknowledged is in the data of the cell that serves in the end; never do both cells
 * serve; every move ends, and in one of two ways: the user is in A and A alone, or in B and B alone.
 */

#define A 0
#define B 1
#define NOBODY 2
#define SYNCS 3                      /* that all devices make together: each is one bit of the data */

mtype = { served, leaving, gone, absent, arriving };

mtype hold[2];                       /* of the account, in each cell's auth.db: every change is one commit */
byte data[2];                        /* the collection: which syncs are in it, as a set of bits */
bool in_force;                       /* what was copied to B: the whole folder is at its place, by one rename */
byte home = A;                       /* what the file of cells says */
bool lock[2];                        /* the user's lock in A, B: an open collection, or the moving program */
byte acknowledged;                   /* syncs whose finish was answered 200 */
byte made;                           /* syncs that were begun */
byte session[2] = { NOBODY, NOBODY };/* who may go on: the skey of the open session */
bool settled;                        /* the moving program has ended */

#define serves(cell) (hold[cell] == served)

/* Requests are looked at when their head comes in, and do their work later, as the strand has time. */
#define may_take(cell) (!lock[cell] || session[cell] != NOBODY)

proctype Device(byte me) {
  byte cell = A, mine;
  do
  :: atomic { made == SYNCS -> break }
  :: made < SYNCS ->
       /* meta, at the address that the device remembers */
       if
       :: atomic { (hold[cell] == gone || hold[cell] == absent) && home != cell -> cell = home }   /* 308 */
       :: atomic { hold[cell] != served && !((hold[cell] == gone || hold[cell] == absent) && home != cell) ->
            skip }                                                         /* cont:false and a sentence, or 503 */
       :: atomic { made == SYNCS -> skip }
       :: atomic { serves(cell) && made < SYNCS -> mine = made; made++ }   /* the head of start, or of upload */
          if
          :: atomic { may_take(cell) ->                                    /* start: another device's session ends */
               lock[cell] = true; session[cell] = me }
             if
             :: atomic { session[cell] == me && serves(cell) -> skip }     /* the head of finish */
                if
                :: atomic { session[cell] == me ->                         /* finish: one commit */
                     data[cell] = data[cell] | (1 << mine);
                     session[cell] = NOBODY; lock[cell] = false }
                   atomic { acknowledged = acknowledged | (1 << mine) };
                   goto next
                :: atomic { session[cell] != me -> skip }                  /* 409: superseded, or ended by a hold */
                fi
             :: atomic { session[cell] == me -> session[cell] = NOBODY; lock[cell] = false }   /* abort, or idle */
             :: atomic { session[cell] != me || !serves(cell) -> skip }    /* 409, 503 */
             fi
          :: atomic { may_take(cell) ->                                    /* upload: a new generation */
               session[cell] = NOBODY; lock[cell] = false;
               data[cell] = data[cell] | (1 << mine) }
             goto answer
          :: atomic { !may_take(cell) -> skip }                            /* 503: the moving program has the lock */
          fi
       fi;
       goto next;
answer:
       /* An upload: only if no move began meanwhile (Service::RefuseIfMovedMeanwhile). */
       if
       :: atomic { serves(cell) -> acknowledged = acknowledged | (1 << mine) }
       :: atomic { !serves(cell) -> skip }
       fi;
next:  skip
  od
}

/* Housekeeping: a session of a held account is ended and its lock given back. */
proctype Housekeeping() {
end:
  do
  :: atomic { !serves(A) && session[A] != NOBODY -> session[A] = NOBODY; lock[A] = false }
  :: atomic { !serves(B) && session[B] != NOBODY -> session[B] = NOBODY; lock[B] = false }
  od
}

/* ankisyncctl cell move. `killed` forgets everything that is not on a disk; a flock goes with its process. */
proctype Move() {
  bool locked, undo;
  byte copied;
again:
  do
  :: hold[A] == served && hold[B] == served -> assert(false)
  :: hold[A] == gone ->                                              /* switched: only forward */
       home = B;                                                     /* the file of cells */
       if :: goto killed :: skip fi;
       if :: hold[B] == arriving -> hold[B] = served :: else fi;     /* thaw */
       break
  :: hold[A] != gone && undo ->
       if
       :: hold[B] == arriving ->
            in_force = false;                                        /* one rename back */
            if :: goto killed :: skip fi;
            hold[B] = gone
       :: else
       fi;
       if :: goto killed :: skip fi;
       data[B] = 0;                                                  /* removed, file by file */
       if :: goto killed :: skip fi;
       hold[A] = served;
       break
  :: hold[A] != gone && !undo ->
       hold[A] = leaving;                                            /* freeze */
       if :: goto killed :: skip fi;
       atomic { !lock[A] -> lock[A] = true; locked = true };
       hold[B] = arriving;                                           /* account and devices */
       if :: goto killed :: skip fi;
       if
       :: !in_force ->
            copied = data[A];                                        /* files, compared; into force by one rename */
            if :: goto killed :: skip fi;
            atomic { data[B] = copied; in_force = true }
       :: else                                                       /* before a kill: not copied again */
       fi;
       if :: goto killed :: skip fi;
       hold[A] = gone;                                               /* switch */
       lock[A] = false; locked = false;
       if :: goto killed :: skip fi
  od;
  settled = true;
  goto done;
killed:
  if :: locked -> lock[A] = false; locked = false :: else fi;
  copied = 0;
  if :: undo = true :: undo = false fi;                              /* what the operator does next */
  goto again;
done:
  skip
}

init {
  atomic {
    hold[A] = served; hold[B] = absent;
    run Device(0); run Device(1); run Housekeeping(); run Move()
  }
}

/* No user is served by two cells. */
ltl one_cell { [] !(serves(A) && serves(B)) }

/* What was acknowledged is in the data of whoever serves. */
ltl nothing_lost { [] ((serves(A) -> (acknowledged & ~data[A]) == 0) && (serves(B) -> (acknowledged & ~data[B]) == 0)) }

/* A move that ended has ended in one of two clean states. */
ltl clean_end { [] (settled -> ((hold[A] == served && hold[B] != served && hold[B] != arriving && home == A)
                             || (hold[B] == served && hold[A] == gone && home == B))) }
