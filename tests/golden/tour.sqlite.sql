begin immediate;
create table `tour_author` (
  `id` integer not null constraint `tour_author_id_pk` primary key autoincrement,
  `name` text not null,
  `email` text not null,
  `bio` text,
  `password` text not null,
  constraint `tour_author_email_key` unique (`email`)
) strict;
create table `tour_post` (
  `id` integer not null constraint `tour_post_id_pk` primary key autoincrement,
  `created_at` text not null,
  `updated_at` text not null,
  `title` text not null,
  `status` text not null,
  `views` integer not null,
  `price` text,
  `published` integer not null,
  `meta` text,
  `author_id` integer,
  constraint `tour_post_status_enum` check (`status` in ('draft', 'live')),
  constraint `tour_post_published_bool` check (`published` in (0, 1)),
  constraint `tour_post_views_check` check (`views` >= 0),
  constraint `tour_post_author_id_fkey` foreign key (`author_id`) references `tour_author` (`id`) on delete set null
) strict;
create index `tour_post_author_id_views_idx` on `tour_post` (`author_id`, `views`);
create table `tour_tag` (
  `id` integer not null constraint `tour_tag_id_pk` primary key autoincrement,
  `label` text not null,
  constraint `tour_tag_label_key` unique (`label`)
) strict;
create table `tour_post_tag` (
  `post_id` integer not null,
  `tag_id` integer not null,
  constraint `tour_post_tag_post_id_tag_id_pk` primary key (`post_id`, `tag_id`),
  constraint `tour_post_tag_post_id_fkey` foreign key (`post_id`) references `tour_post` (`id`) on delete cascade,
  constraint `tour_post_tag_tag_id_fkey` foreign key (`tag_id`) references `tour_tag` (`id`)
) strict;
create table `tour_comment` (
  `id` integer not null constraint `tour_comment_id_pk` primary key autoincrement,
  `text` text not null,
  `post_id` integer not null,
  `parent_id` integer,
  constraint `tour_comment_post_id_fkey` foreign key (`post_id`) references `tour_post` (`id`) on delete cascade,
  constraint `tour_comment_parent_id_fkey` foreign key (`parent_id`) references `tour_comment` (`id`) on delete cascade
) strict;
create table `tour_country` (
  `code` text not null,
  `name` text not null,
  constraint `tour_country_code_pk` primary key (`code`)
) strict;
commit;
insert into `tour_author` (`name`, `email`, `bio`, `password`) values (?, ?, ?, ?);
update `tour_author` set `bio` = ? where `id` = ?;
insert into `tour_author` (`name`, `email`, `bio`, `password`) values (?, ?, ?, ?);
insert into `tour_post` (`created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id`) values (?, ?, ?, ?, ?, ?, ?, ?, ?);
insert into `tour_post` (`created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id`) values (?, ?, ?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?, ?, ?) returning `id`;
insert into `tour_country` (`code`, `name`) values (?, ?);
select `id`, `created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id` from `tour_post` where `title` = ? order by `title`;
insert into `tour_tag` (`label`) values (?);
insert into `tour_post_tag` (`post_id`, `tag_id`) values (?, ?);
insert into `tour_tag` (`label`) values (?);
select `id`, `created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id` from `tour_post` where `id` = ?;
select `id`, `created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id` from `tour_post` where `id` = ?;
select `code`, `name` from `tour_country` where `code` = ?;
select `post_id`, `tag_id` from `tour_post_tag` where `post_id` = ? and `tag_id` = ?;
select `id`, `created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id` from `tour_post` where `status` = ? and (`views` >= ? or (`title` collate binary >= ? and `title` collate binary < ?)) order by `views` desc limit 10;
select count(*) from `tour_post` where `published` = ?;
select count(*) from `tour_post` where `views` > ?;
select `id`, `name`, `email`, `bio` from `tour_author` where `name` = ? order by `id` limit 1;
select `id`, `name`, `email`, `bio`, `password` from `tour_author` where `name` = ? order by `id` limit 1;
select `id`, `created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id` from `tour_post` where `author_id` is not null order by `title`;
select count(*) from `tour_post`;
select `id`, `created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id` from `tour_post` order by `title`, `id` limit 3 offset ?;
select `id`, `title` from `tour_post` order by `title`;
select `title`, `author_id`, `views` * ? from `tour_post` where `status` = ? order by `title`;
select `title` from `tour_post` where length(`title`) > ? order by `title`;
select sum(`views`), avg(`views`), max(`views`), count(*) from `tour_post`;
select (case typeof(sum(cast(replace(`price`, '.', '') as integer))) when 'real' then abs(-9223372036854775807 - 1) when 'integer' then ltrim(substr(printf('%+04d', sum(cast(replace(`price`, '.', '') as integer))), 1, length(printf('%+04d', sum(cast(replace(`price`, '.', '') as integer)))) - 2) || '.' || substr(printf('%+04d', sum(cast(replace(`price`, '.', '') as integer))), -2), '+') end) from `tour_post`;
select (case json_type(`meta`, ?) when 'true' then 'true' when 'false' then 'false' else cast(json_extract(`meta`, ?) as text) end) from `tour_post` where `meta` is not null order by `title`;
select distinct `status` from `tour_post` order by `status`;
select `id`, `name`, `email`, `bio` from `tour_author` where exists (select 1 from `tour_post` where `tour_post`.`author_id` = `tour_author`.`id` and `tour_post`.`views` > ?);
select `id`, `created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id` from `tour_post` where `author_id` in (select `tour_author`.`id` from `tour_author` where `tour_author`.`bio` is not null) order by `title`;
select count(*) from `tour_post` where `author_id` is null;
select `tour_post`.`title`, `tour_author`.`id`, `tour_author`.`name` from `tour_post` left join `tour_author` on `tour_post`.`author_id` = `tour_author`.`id` where `tour_author`.`name` <> ? or `tour_post`.`author_id` is null order by `tour_post`.`title`;
select `tour_post`.`id`, `tour_post`.`created_at`, `tour_post`.`updated_at`, `tour_post`.`title`, `tour_post`.`status`, `tour_post`.`views`, `tour_post`.`price`, `tour_post`.`published`, `tour_post`.`meta`, `tour_post`.`author_id`, `tour_author`.`id`, `tour_author`.`name`, `tour_author`.`email`, `tour_author`.`bio` from `tour_post` join `tour_author` on `tour_post`.`author_id` = `tour_author`.`id` where `tour_post`.`title` = ? order by `tour_post`.`title`;
select `tour_post`.`title`, `tour_post_2`.`title` from `tour_post` join `tour_post` as `tour_post_2` on `tour_post`.`views` < `tour_post_2`.`views` order by `tour_post`.`title`, `tour_post_2`.`title`;
select `author_id`, count(`id`) from `tour_post` group by `author_id` having count(`id`) >= ?;
select `title`, row_number() over (partition by `author_id` order by `views` desc, `id`), lag(`views`, 1, ?) over (order by `id`), avg(`views`) over (order by `id` rows between 1 preceding and current row), case when `views` >= ? then ? when `views` >= ? then ? else ? end, upper(`title`) from `tour_post` order by `title`;
select `id`, `created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id` from `tour_post` where `title` = ? limit 2;
select `id`, `name`, `email`, `bio` from `tour_author` where `id` = ? order by `id` limit 1;
insert into `tour_comment` (`text`, `post_id`, `parent_id`) values (?, ?, ?);
insert into `tour_comment` (`text`, `post_id`, `parent_id`) values (?, ?, ?);
insert into `tour_comment` (`text`, `post_id`, `parent_id`) values (?, ?, ?);
insert into `tour_tag` (`label`) values (?);
insert into `tour_post_tag` (`post_id`, `tag_id`) values (?, ?) on conflict (`post_id`, `tag_id`) do nothing;
select `tour_post`.`id`, `tour_post`.`created_at`, `tour_post`.`updated_at`, `tour_post`.`title`, `tour_post`.`status`, `tour_post`.`views`, `tour_post`.`price`, `tour_post`.`published`, `tour_post`.`meta`, `tour_post`.`author_id` from `tour_post` left join `tour_author` on `tour_author`.`id` = `tour_post`.`author_id` where (`tour_author`.`name` collate binary >= ? and `tour_author`.`name` collate binary < ?) and exists (select 1 from `tour_comment` where `tour_comment`.`post_id` = `tour_post`.`id` and instr(`tour_comment`.`text`, ?) > 0) order by `tour_post`.`title`;
select `id`, `name`, `email`, `bio` from `tour_author` where `id` in (?);
select `tour_tag`.`id`, `tour_tag`.`label`, `tour_post_tag`.`post_id` from `tour_tag` join `tour_post_tag` on `tour_post_tag`.`tag_id` = `tour_tag`.`id` where `tour_post_tag`.`post_id` in (?);
select `id`, `name`, `email`, `bio`, (select count(*) from `tour_post` where `tour_post`.`author_id` = `tour_author`.`id`), (select sum(`tour_post`.`views`) from `tour_post` where `tour_post`.`author_id` = `tour_author`.`id`) from `tour_author` order by `id`;
with `rich` (`author_id`, `views`) as (select `author_id`, `views` from `tour_post` where `views` >= ?) select `tour_author`.`name`, `rich`.`views` from `tour_author` join `rich` on `rich`.`author_id` = `tour_author`.`id`;
with recursive `thread` (`id`, `text`) as (select `id`, `text` from `tour_comment` where `parent_id` is null union all select `tour_comment`.`id`, `tour_comment`.`text` from `tour_comment` join `thread` on `tour_comment`.`parent_id` = `thread`.`id`) select `text` from `thread` order by `id`;
select `title`, `place` from (select `title`, row_number() over (partition by `status` order by `views` desc, `id`) as `place` from `tour_post`) as `ranked` where `place` = ? order by `title`;
select `name` from `tour_author` union select `label` from `tour_tag` order by 1 limit 3;
select `views` from `tour_post` where `title` = ? order by `title` limit 1;
select `views` from `tour_post` where `title` = ? order by `title` limit 1;
update `tour_comment` set `text` = ? where `text` = ? returning `text`;
insert into `tour_author` (`name`, `email`, `bio`, `password`) values (?, ?, ?, ?), (?, ?, ?, ?) on conflict (`email`) do update set `name` = excluded.`name` returning `id`, `name`, `email`, `bio`;
select `name` from `tour_author` order by `id`;
update `tour_post` set `views` = `views` + ?, `published` = ?, `updated_at` = ? where not `published`;
update `tour_post` set `price` = (case typeof((((cast(replace(`price`, '.', '') as integer) * ?) + case when (cast(replace(`price`, '.', '') as integer) * ?) < 0 then -50 else 50 end) / 100)) when 'real' then abs(-9223372036854775807 - 1) when 'integer' then ltrim(substr(printf('%+04d', (((cast(replace(`price`, '.', '') as integer) * ?) + case when (cast(replace(`price`, '.', '') as integer) * ?) < 0 then -50 else 50 end) / 100)), 1, length(printf('%+04d', (((cast(replace(`price`, '.', '') as integer) * ?) + case when (cast(replace(`price`, '.', '') as integer) * ?) < 0 then -50 else 50 end) / 100))) - 2) || '.' || substr(printf('%+04d', (((cast(replace(`price`, '.', '') as integer) * ?) + case when (cast(replace(`price`, '.', '') as integer) * ?) < 0 then -50 else 50 end) / 100)), -2), '+') end), `updated_at` = ?;
select `price` from `tour_post` order by `title`;
begin immediate;
select `id`, `created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id` from `tour_post` where `title` = ? limit 2;
update `tour_post` set `views` = ?, `updated_at` = ? where `id` = ?;
commit;
begin immediate;
delete from `tour_post`;
rollback;
select count(*) from `tour_post`;
select `id`, `created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id` from `tour_post` where `title` = ? limit 2;
delete from `tour_post` where `id` = ?;
select title from tour_post where views > ? order by title;
begin immediate;
drop table `tour_country`;
drop table `tour_comment`;
drop table `tour_post_tag`;
drop table `tour_tag`;
drop table `tour_post`;
drop table `tour_author`;
commit;
