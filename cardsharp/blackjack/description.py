"""Blackjack's part of the protocol's documents: its structs, and a sentence for every event, action, move and field."""

from __future__ import annotations

from typing import Final, get_args

from cardsharp.blackjack.actions import ACTIONS
from cardsharp.blackjack.commands import MOVES
from cardsharp.blackjack.events import EVENTS
from cardsharp.blackjack.legal import BET_ACTIONS
from cardsharp.blackjack.table import OpenTo, Phase
from cardsharp.blackjack.view import LobbyRow, RequestView, TableView
from cardsharp.game import Description

_ACTIONS: Final = {
    "join_table": "Takes a seat with chips from your wallet: the first free one, and the default buy-in, if you name "
    "none. A player has as many seats at a table as its rules say, one as a rule.",
    "leave_table": "Gives the seat up. Before the cards are dealt an open bet comes back and `PLAYER_LEFT` follows at "
    "once; with cards in play the table plays your hands, and `PLAYER_LEFT` comes after `ROUND_ENDED`.",
    "add_chips": "Moves chips from your wallet to your stack, up to the table's `max_buy_in`, while the seat has "
    "neither a bet nor a hand in play.",
    "place_bet": "Answers the request for a bet. Until betting ends, another `place_bet` replaces the bet.",
    "player_action": "Answers a request with one of its `valid_actions`: plays a hand, or answers an offer.",
    "sit_out": "Keeps the seat and skips rounds; it also answers the request for a bet. Who sits out is asked for "
    "nothing.",
    "sit_in": "Plays again after sitting out, and takes back a `leave_table` that has not happened yet. Possible at "
    "any time, if the stack covers the smallest bet.",
    "set_client_seed": "Sets the words of yours that go into the next shuffle. Everybody sees them.",
}

_EVENTS: Final = {
    "TABLE_OPENED": "A table was opened: event 1 of every table, and news for the lobby.",
    "TABLE_CLOSED": "The table is closed for good. In the lobby it is the last that is heard of it.",
    "TABLE_PAUSED": "The house has paused the table: cards in play are played on, and no betting opens. Bets that lay "
    "before the deal come back, and their round ends.",
    "TABLE_RESUMED": "A paused table goes on.",
    "SEATING_CHANGED": "The house has said who may take a seat from now on. Who sits there stays.",
    "PLAYER_JOINED": "A player has taken a seat.",
    "PLAYER_LEFT": "A seat is free again, and its chips are back in the wallet.",
    "PLAYER_SAT_OUT": "A seat skips the rounds to come: its player wished so, was too late, or has too few chips for "
    "the smallest bet.",
    "PLAYER_SAT_IN": "A seat plays again.",
    "CLIENT_SEED_SET": "A player has chosen a client seed for the next shuffle.",
    "SHUFFLE": "A new shoe, committed to before, and the commitment to the one after it.",
    "ROUND_STARTED": "Betting is open: the first event of a round.",
    "PLAYER_BET": "A bet was placed, or replaced.",
    "CARD_DEALT": "A card came out of the shoe: to a hand (with the seat's fields and `hand_id`), to the dealer (with "
    "`is_dealer`), or face down as the hole card (with `is_hole_card`, and `card` null).",
    "INSURANCE_OFFERED": "The dealer shows an ace, and this seat may take insurance.",
    "INSURANCE_DECISION": "A seat has taken or declined insurance, or taken even money.",
    "INSURANCE_RESULT": "An insurance bet was settled.",
    "PLAYER_DECISION_NEEDED": "Whose move the table waits for. The player's own request comes as `action_request`.",
    "PLAYER_ACTION": "A player has made a move. The cards that it draws come after it.",
    "PLAYER_TIMEOUT": "The table has acted for a player who did not, or who is leaving.",
    "HAND_SPLIT": "A hand became two; the second card of each follows.",
    "HAND_BUSTED": "A hand is over 21.",
    "CARD_REVEALED": "The dealer turned over the hole card.",
    "DEALER_ACTION": "The dealer draws or stands.",
    "HAND_RESULT": "A hand was settled.",
    "BANKROLL_UPDATED": "A stack has changed.",
    "ROUND_ENDED": "The round is over: its last event.",
    "SHOE_REVEALED": "A shoe is finished, and its secret seed is told, so that anybody can check it.",
}

_MOVES: Final = {
    "HIT": "draws a card",
    "STAND": "ends the hand",
    "DOUBLE": "doubles the bet, draws one card and ends the hand",
    "SPLIT": "makes two hands of a pair, with a second card for each",
    "SURRENDER": "gives up half the bet",
    "DECLINE_SURRENDER": "does not, where surrender is asked before the peek",
    "INSURANCE": "bets on the dealer's blackjack, at 2 to 1",
    "DECLINE_INSURANCE": "does not",
    "EVEN_MONEY": "takes 1 to 1 for a blackjack before the dealer looks at the hole card",
}

_PHASES: Final = {
    "waiting": "nobody is there to play",
    "betting": "bets are taken",
    "insurance": "insurance is offered",
    "playing": "the players make their moves",
    "dealer": "the dealer plays",
    "settled": "a round is over, the next one begins soon",
    "paused": "the house has paused the table; no betting opens until it goes on",
    "closed": "the table is closed for good",
}

_FIELDS: Final = {
    # Who and what
    "player_id": "The player.",
    "player_name": "The player's name.",
    "seat": "The seat's number; they count from 1.",
    "hand_id": "The hand, unique within its round.",
    "PlayerTimedOut.hand_id": "The hand; null for a bet that was not placed.",
    "RequestView.hand_id": "The hand that is asked for; null for a bet.",
    "table_id": "The table.",
    "round_id": "The round under way; null between rounds.",
    "round_number": "The round's number at this table; they count from 1.",
    "TableView.round_number": "The number of the round under way, or of the last one; 0 before the first.",
    # A table
    "name": "The table's name.",
    "game": "The game that is played, `blackjack`.",
    "rules": "The placard: the rules in short, such as `6D S17 DAS LS 3:2`, and behind ` · ` what else is not as at a "
    "classic table.",
    "min_bet": "The smallest bet.",
    "max_bet": "The largest bet.",
    "min_buy_in": "The fewest chips that a seat is taken with.",
    "max_buy_in": "The most chips that a stack may be bought up to.",
    "default_buy_in": "The chips that a seat is taken with where none are named.",
    "seat_count": "How many seats the table has.",
    "seats_taken": "How many of them are taken.",
    "players": "Who sits there, in the order of the seats; a player with several seats is there once for each.",
    "spectators": "How many watch without a seat, as this server process counts them.",
    "phase": "What the table is at.",
    "paused": "Why the house has paused the table, in words for people; null while it goes on. A round that was under "
    "way is played to its end first.",
    "TablePaused.reason": "Why, in words for people.",
    "open_to": "Who may take a seat: everybody, members only, or nobody new.",
    "next_commitment": "The commitment to the shoe after this one: the SHA-256 of its server seed, in hex.",
    "rule_set": "Every rule of the table.",
    "PlayerLeft.reason": "Why: the player asked for it, was away for too long, or the table was closed.",
    "TableClosed.reason": "Why, in words for people; `empty` where nobody had sat at a player's table for too long.",
    # Seats and chips
    "is_house": "Whether it is a house player: one that the server plays for company.",
    "stack": "The chips beside the bets.",
    "PlayerJoined.stack": "The chips that the seat begins with.",
    "PlayerLeft.stack": "The chips that go back to the wallet, an open bet included.",
    "balance": "The stack after the event.",
    "leaving": "Whether the seat is given up after the round.",
    "leaves_at": "When an absent player's seat is given up, in UNIX seconds; null for never.",
    "SeatView.status": "Whether the seat plays.",
    "SeatView.bet": "The round's first bet; 0 for none, and as soon as the round is over.",
    "insurance": "The insurance bet; 0 for none.",
    "hands": "The seat's hands, in the order of play; after a round those of the last one, until betting opens.",
    "HandView.bet": "The chips on the hand, those that doubling added included; after the round what they were.",
    "client_seed": "Words of the player's own, 1 to 64 characters, that go into the next shuffle.",
    # Bets, hands and results
    "amount": "How many chips.",
    "InsuranceDecision.amount": "The insurance bet; 0 for declining and for even money.",
    "PlaceBetData.amount": "The bet: between the table's limits, in its steps.",
    "AddChipsData.amount": "How many chips: any number of hundredths that the stack has room for.",
    "PlayerActionData.amount": "Read with `INSURANCE` only: up to half the bet, all of that if left out.",
    "max_amount": "The largest insurance bet: half the bet, as far as the stack goes.",
    "RequestView.min_bet": "The table's smallest bet. Your stack covers it.",
    "RequestView.max_bet": "The table's largest bet. Your stack may cover less.",
    "bet": "The chips on the hand, those that doubling added included.",
    "SeatResult.bet": "What the seat wagered in the round, insurance included.",
    "InsuranceResult.bet": "The insurance bet.",
    "payout": "The chips that come back, the stake included.",
    "net": "`payout` less `bet`.",
    "value": "What the hand is worth.",
    "is_soft": "Whether an ace counts 11 in it.",
    "card": "The card, such as `A♠` or `10♥`.",
    "CardDealt.card": "The card; null for the hole card.",
    "HandSplit.card": "The card that moved to the new hand.",
    "new_hand_id": "The hand that the second card became.",
    "is_dealer": "True where it is the dealer's.",
    "is_hole_card": "True for the dealer's card that lies face down.",
    "cards": "The cards, in the order in which they came.",
    "DealerView.cards": "The dealer's cards; null stands for the hole card.",
    "DealerView.value": "What the visible cards are worth.",
    "HandView.status": "What has become of the hand.",
    "HandView.result": "How the hand was settled; null until then.",
    "HandResult.result": "How the hand was settled.",
    "InsuranceResult.result": "How it was settled; `push` where the round was voided, with a `bet` of 0 where it "
    "had been lost already and comes back.",
    "valid_actions": "The moves that are possible now.",
    "RequestView.valid_actions": "What may be answered: `BET` and `SIT_OUT` ask for a bet (answer with `place_bet` or "
    "`sit_out`), everything else is a move for `player_action`.",
    "PlayerActed.action": "The move.",
    "PlayerTimedOut.action": "What was done: `SIT_OUT`, or a move.",
    "InsuranceDecision.action": "The move.",
    "DealerActed.action": "What the dealer does.",
    "PlayerActionData.action": "The move: one of the request's `valid_actions`.",
    # Rounds and requests
    "deadline": "When the time for it is over, in UNIX seconds; null where there is no limit.",
    "TableView.deadline": "When what the table waits for now ends, in UNIX seconds; null for never.",
    "results": "What the round was to each seat that had cards.",
    "house_net": "What the house won.",
    "dealer_cards": "The dealer's hand at the end.",
    "dealer_value": "What it was worth.",
    "next_round_at": "When the next betting opens, if anybody plays then, in UNIX seconds.",
    "request_id": "The request; send it along with the answer.",
    "ActionData.request_id": "The request that this answers. With it the action takes effect once at most.",
    "ActionData.seat": "One of your own seats; left out, the seat of the request, or the one that is asked, or your "
    "lowest.",
    "JoinTableData.seat": "The seat that you want; the first free one if left out.",
    "buy_in": "The chips to begin with; the table's `default_buy_in` if left out.",
    "seats": "The seats that are taken, in order.",
    "dealer": "The dealer's hand.",
    "turn": "The move that the table waits for; null while it waits for none.",
    "shoe": "The shoe in use.",
    # Shoes
    "shoe_id": "The shoe, unique within its table.",
    "ShoeView.shoe_id": "The shoe; null before the first shuffle.",
    "ShoeView.commitment": "The SHA-256 of its server seed, in hex; null before the first shuffle.",
    "algorithm": "How the order follows from the seeds; a site's page `/fairness/` has the steps.",
    "commitment": "The SHA-256 of the server seed, in hex.",
    "server_seed": "The server seed, in hex: its 32 bytes have the commitment as their SHA-256.",
    "client_seeds": "The players' parts in the order of the shoe.",
    "seed": "The client seed.",
    "decks": "How many decks the shoe holds.",
    "cards_remaining": "How many cards are left in it.",
    "cards_dealt": "How many cards have left it.",
    # Rules
    "dealer_hits_soft_17": "Whether the dealer draws to a soft 17.",
    "blackjack_pays": "What a blackjack pays: 3 to 2 as a rule.",
    "double_on": "On what totals a hand may be doubled.",
    "double_after_split": "Whether a hand out of a split may be doubled.",
    "max_hands": "How many hands a seat may split into.",
    "split_by": "Whether two tens of different rank are a pair.",
    "resplit_aces": "Whether split aces may be split again.",
    "hit_split_aces": "Whether split aces may draw more than one card.",
    "surrender": "Whether half the bet may be given up: not at all, after the dealer has peeked, or before.",
    "Rules.insurance": "Whether insurance is offered.",
    "even_money": "Whether a blackjack may take 1 to 1 against an ace.",
    "hole_card": "Whether the dealer peeks under an ace or a ten; has no hole card (`enhc`); or has none and takes "
    "original bets only (`obo`).",
    "penetration_percent": "How much of the shoe lies before the cut card.",
    "seats_per_player": "How many seats a player may hold.",
    "min_bet_cents": "The smallest bet, in hundredths of a chip.",
    "max_bet_cents": "The largest bet, in hundredths of a chip.",
    "bet_step_cents": "The steps in which bets go, in hundredths of a chip.",
    "min_buy_in_cents": "The smallest buy-in, in hundredths of a chip.",
    "max_buy_in_cents": "The largest buy-in, in hundredths of a chip.",
    "default_buy_in_cents": "The buy-in where none is named, in hundredths of a chip.",
    "bet_seconds": "The time for a bet; null for no limit.",
    "insurance_seconds": "The time for insurance; null for no limit.",
    "act_seconds": "The time for a move; null for no limit.",
    "pause_seconds": "The time between two rounds.",
    "away_seconds": "How long a seat that sits out is kept; null for ever.",
    "on_timeout": "What is done for a player who does not act in time.",
}

_VALUES: Final = {
    "phase": get_args(Phase),
    "open_to": get_args(OpenTo),
    "PlayerLeft.reason": ("requested", "away", "table_closed"),
    "SeatView.status": ("active", "sitting_out", "leaving"),
    "HandView.status": ("playing", "stood", "blackjack", "bust", "surrendered", "even_money"),
    "HandView.result": ("blackjack", "win", "push", "lose", "bust", "surrender", "even_money"),
    "HandResult.result": ("blackjack", "win", "push", "lose", "bust", "surrender", "even_money"),
    "InsuranceResult.result": ("win", "lose", "push"),
    "InsuranceDecision.action": ("INSURANCE", "DECLINE_INSURANCE", "EVEN_MONEY"),
    "PlayerActed.action": MOVES,
    "PlayerTimedOut.action": ("SIT_OUT", *MOVES),
    "DealerActed.action": ("HIT", "STAND"),
    "valid_actions": MOVES,
    "RequestView.valid_actions": (*BET_ACTIONS, *MOVES),
    "PlayerActionData.action": MOVES,
}

DESCRIPTION: Final = Description(
    events=EVENTS,
    actions=ACTIONS,
    row=LobbyRow,
    state=TableView,
    request=RequestView,
    words=_ACTIONS | _EVENTS,
    field_words=_FIELDS,
    values=_VALUES,
    moves=_MOVES,
    phases=_PHASES,
)
