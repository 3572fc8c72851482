/** Relations: what is awaited, created, linked, loaded and reached, over keys of every kind. */
import { foreignKey, int, Model, oneOf, str } from "kakaorm";
import { check, type Same } from "./assert.ts";

class Team extends Model("t_team", { name: str({ length: 20 }).primaryKey() }) {
  get players() {
    return this.hasMany(Player, (player) => player.teamName);
  }
  get captain() {
    return this.hasOne(Player, (player) => player.teamName, {
      where: (player) => player.age.gt(17),
      orderBy: (player) => player.age.desc(),
    });
  }
  get best() {
    return this.hasMany(Player, (player) => player.teamName, { orderBy: (player) => [player.age.desc(), player.id.asc()] });
  }
  get remarks() {
    return this.hasMany(Remark, (remark) => [remark.kind, remark.target]);
  }
}
class Player extends Model("t_player", {
  age: int(),
  teamName: foreignKey(() => Team),
  mentorId: foreignKey("t_player").nullable(),
}) {
  get team() {
    return this.belongsTo(Team, (player) => player.teamName);
  }
  get mentor() {
    return this.belongsTo(Player, (player) => player.mentorId);
  }
  get pupils() {
    return this.hasMany(Player, (player) => player.mentorId, { where: (player) => player.age.lt(18) });
  }
  get friends() {
    return this.manyToMany(Player, Friendship, (link) => [link.fromId, link.toId]);
  }
  get bookings() {
    return this.manyToMany(Seat, Booking, (link) => [link.playerId, [link.hall, link.number]]);
  }
  get years() {
    return this.age;
  }
}
class Friendship extends Model("t_friendship", {
  fromId: foreignKey(() => Player).primaryKey(),
  toId: foreignKey(() => Player).primaryKey(),
  since: int().nullable(),
}) {}
class Seat extends Model("t_seat", { hall: str({ length: 10 }).primaryKey(), number: int().primaryKey() }) {
  get tickets() {
    return this.hasMany(Ticket, (ticket) => [ticket.hall, ticket.number]);
  }
  get guests() {
    return this.manyToMany(Player, Booking, (link) => [[link.hall, link.number], link.playerId]);
  }
}
class Ticket extends Model("t_ticket", { hall: str({ length: 10 }), number: int(), second: int().nullable(), holder: str() }) {
  get seat() {
    return this.belongsTo(Seat, (ticket) => [ticket.hall, ticket.number]);
  }
  get other() {
    return this.belongsTo(Seat, (ticket) => [ticket.hall, ticket.second]);
  }
}
/** A link that needs a value beside its keys. */
class Booking extends Model("t_booking", {
  hall: str({ length: 10 }).primaryKey(),
  number: int().primaryKey(),
  playerId: foreignKey(() => Player).primaryKey(),
  price: int(),
  note: str().nullable(),
}) {}
class Film extends Model("t_film", { title: str({ length: 20 }).primaryKey() }) {}
class Remark extends Model("t_remark", { text: str(), kind: oneOf("t_team", "t_film"), target: str() }) {
  get of() {
    return this.belongsToAny([Team, Film], (remark) => [remark.kind, remark.target]);
  }
  get named() {
    return this.belongsToAny({ group: Team, film: Film }, (remark) => [remark.kind, remark.target]);
  }
}

export async function onRows(team: Team, player: Player, seat: Seat, ticket: Ticket): Promise<void> {
  check<Same<Awaited<Player["team"]>, Team>>();
  check<Same<Awaited<Player["mentor"]>, Player | null>>();
  check<Same<Awaited<Team["players"]>, Player[]>>();
  check<Same<Awaited<Team["captain"]>, Player | null>>();
  check<Same<Awaited<Ticket["seat"]>, Seat>>();
  // Half a key refers to nothing.
  check<Same<Awaited<Ticket["other"]>, Seat | null>>();
  check<Same<Player["pupils"]["loaded"], Player[]>>();
  check<Same<Player["team"]["loaded"], Team>>();
  const young = await player.pupils.where((p) => p.age.lt(12)).limit(3);
  check<Same<typeof young, Player[]>>();
  const names = await team.best.where((p) => p.mentor.team.name.eq("x")).select((p) => ({ age: p.age, up: p.mentor.age }));
  check<Same<typeof names, { age: number; up: number | null }[]>>();

  await team.players.create({ age: 3 });
  // @ts-expect-error the relation fills in the key
  await team.players.create({ age: 3, teamName: "x" });
  // @ts-expect-error age is required
  await team.players.create({});
  await seat.tickets.create({ holder: "Ada" });
  // @ts-expect-error both columns of the key are filled in
  await seat.tickets.create({ holder: "Ada", hall: "A" });
  await team.remarks.create({ text: "good" });
  // @ts-expect-error the kind is filled in
  await team.remarks.create({ text: "good", kind: "t_team" });
  // @ts-expect-error rows of a has-many hold the key themselves
  team.players.add(player);
  // @ts-expect-error a to-one relation is no list
  ticket.seat.where(() => true);
  // @ts-expect-error no such column
  await team.players.where((p) => p.nope.eq(1));
}

export async function links(player: Player, seat: Seat, team: Team): Promise<void> {
  await player.friends.add(player, 3, player.id);
  await player.friends.add(player, 3, { link: { since: 1999 } });
  await player.friends.set([player, 3]);
  await player.friends.set([], { link: { since: null } });
  await player.friends.remove(3);
  await player.friends.create({ age: 3, teamName: "x" }, { link: { since: 2 } });
  await player.friends.clear();
  // @ts-expect-error keys of players are numbers
  await player.friends.add("3");
  // @ts-expect-error rows of players
  await player.friends.add(team);
  // @ts-expect-error no such column of the link
  await player.friends.add(player, { link: { until: 3 } });
  // @ts-expect-error the relation fills in the keys
  await player.friends.add(player, { link: { toId: 3 } });
  // @ts-expect-error since is a number
  await player.friends.set([player], { link: { since: "x" } });

  await seat.guests.add(player, { link: { price: 3 } });
  await seat.guests.add(1, 2, { link: { price: 3, note: "x" } });
  await player.bookings.add({ hall: "A", number: 3 }, seat, { link: { price: 3 } });
  await player.bookings.remove({ hall: "A", number: 3 });
  // @ts-expect-error every new link needs a price
  await seat.guests.add(player);
  // @ts-expect-error every new link needs a price
  await seat.guests.set([player]);
  // @ts-expect-error every new link needs a price
  await seat.guests.create({ age: 3, teamName: "x" });
  // @ts-expect-error the key has two columns
  await player.bookings.add({ hall: "A" }, { link: { price: 3 } });
}

export async function severalTables(remark: Remark): Promise<void> {
  check<Same<Awaited<Remark["of"]>, Team | Film | null>>();
  check<Same<Awaited<Remark["named"]>, Team | Film | null>>();
  check<Same<Remark["of"]["loaded"], Team | Film | null>>();
  const found = await remark.of;
  if (found instanceof Film) check<Same<typeof found.title, string>>();
  await Remark.all().prefetch("of", "named");
  await Team.where((t) => t.remarks.some((r) => r.text.contains("x"))).prefetch("remarks.of");
  // @ts-expect-error it leads to several tables
  await Remark.where((r) => r.of.title.eq("x"));
  // @ts-expect-error not every one of them has players
  await Remark.all().prefetch("of.players");
  // @ts-expect-error which table would the query be of
  await Remark.all().prefetch({ of: (q: never) => q });
}

export async function inQueries(): Promise<void> {
  const some = await Player.where((p) => p.team.best.some((other) => other.mentor.team.name.eq("x"))).prefetch(
    "team.players",
    "mentor.pupils.friends",
    "bookings.guests",
  );
  check<Same<typeof some, Player[]>>();
  const values = await Ticket.all().select((t) => ({ hall: t.seat.hall, other: t.other.number }));
  check<Same<typeof values, { hall: string; other: number | null }[]>>();
  const counts = await Seat.all().select((s) => ({ guests: s.guests.count(), youngest: s.guests.min((g) => g.age) }));
  check<Same<typeof counts, { guests: number; youngest: number | null }[]>>();
  // @ts-expect-error unknown path
  Player.all().prefetch("team.nope");
  // @ts-expect-error unknown path
  Player.all().prefetch("nope");
  // @ts-expect-error a getter that is no relation
  Player.all().prefetch("years");
  // @ts-expect-error a getter that is no relation
  Player.where((p) => p.years.eq(3));
  // @ts-expect-error columns are no relations
  Player.all().prefetch("age");
  const [plain] = await Player.all().select("id", "age");
  // @ts-expect-error plain rows have no relations
  plain?.team;
  // @ts-expect-error many rows have no column
  Team.where((t) => t.players.age.eq(3));
  // @ts-expect-error plain rows have no relations
  Player.all().select("id", "age").prefetch("team");
  class Wrong extends Model("t_wrong", { teamName: foreignKey(() => Team) }) {
    get players() {
      // @ts-expect-error no such column
      return this.hasMany(Player, (player) => player.nope);
    }
  }
  new Wrong({ teamName: "x" });
}
