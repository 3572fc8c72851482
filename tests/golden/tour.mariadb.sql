create table `tour_author` (
  `id` bigint not null auto_increment,
  `name` varchar(100) not null,
  `email` varchar(255) not null,
  `bio` longtext,
  `password` varchar(255) not null,
  constraint `tour_author_id_pk` primary key (`id`),
  constraint `tour_author_email_key` unique (`email`)
) engine=InnoDB default charset utf8mb4 collate utf8mb4_nopad_bin;
create table `tour_post` (
  `id` bigint not null auto_increment,
  `created_at` datetime(3) not null,
  `updated_at` datetime(3) not null,
  `title` varchar(200) not null,
  `status` varchar(5) not null,
  `views` int not null,
  `price` decimal(10, 2),
  `published` boolean not null,
  `meta` json,
  `author_id` bigint,
  constraint `tour_post_id_pk` primary key (`id`),
  constraint `tour_post_status_enum` check (`status` in ('draft', 'live')),
  constraint `tour_post_views_check` check (`views` >= 0),
  constraint `tour_post_author_id_fkey` foreign key (`author_id`) references `tour_author` (`id`) on delete set null,
  index `tour_post_author_id_views_idx` (`author_id`, `views`)
) engine=InnoDB default charset utf8mb4 collate utf8mb4_nopad_bin;
create table `tour_tag` (
  `id` bigint not null auto_increment,
  `label` varchar(255) not null,
  constraint `tour_tag_id_pk` primary key (`id`),
  constraint `tour_tag_label_key` unique (`label`)
) engine=InnoDB default charset utf8mb4 collate utf8mb4_nopad_bin;
create table `tour_post_tag` (
  `post_id` bigint not null,
  `tag_id` bigint not null,
  constraint `tour_post_tag_post_id_tag_id_pk` primary key (`post_id`, `tag_id`),
  constraint `tour_post_tag_post_id_fkey` foreign key (`post_id`) references `tour_post` (`id`) on delete cascade,
  constraint `tour_post_tag_tag_id_fkey` foreign key (`tag_id`) references `tour_tag` (`id`)
) engine=InnoDB default charset utf8mb4 collate utf8mb4_nopad_bin;
create table `tour_comment` (
  `id` bigint not null auto_increment,
  `text` varchar(255) not null,
  `post_id` bigint not null,
  `parent_id` bigint,
  constraint `tour_comment_id_pk` primary key (`id`),
  constraint `tour_comment_post_id_fkey` foreign key (`post_id`) references `tour_post` (`id`) on delete cascade,
  constraint `tour_comment_parent_id_fkey` foreign key (`parent_id`) references `tour_comment` (`id`) on delete cascade
) engine=InnoDB default charset utf8mb4 collate utf8mb4_nopad_bin;
create table `tour_country` (
  `code` varchar(2) not null,
  `name` varchar(255) not null,
  constraint `tour_country_code_pk` primary key (`code`)
) engine=InnoDB default charset utf8mb4 collate utf8mb4_nopad_bin;
insert into `tour_author` (`name`, `email`, `bio`, `password`) values (?, ?, ?, ?) returning `id` as c0;
update `tour_author` set `bio` = ? where `id` = ?;
insert into `tour_author` (`name`, `email`, `bio`, `password`) values (?, ?, ?, ?) returning `id` as c0;
insert into `tour_post` (`created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id`) values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning `id` as c0;
insert into `tour_post` (`created_at`, `updated_at`, `title`, `status`, `views`, `price`, `published`, `meta`, `author_id`) values (?, ?, ?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?, ?, ?), (?, ?, ?, ?, ?, ?, ?, ?, ?) returning `id` as c0;
insert into `tour_country` (`code`, `name`) values (?, ?);
select `id` as c0, `created_at` as c1, `updated_at` as c2, `title` as c3, `status` as c4, `views` as c5, `price` as c6, `published` as c7, `meta` as c8, `author_id` as c9 from `tour_post` where `title` = ? order by `title`;
insert into `tour_tag` (`label`) values (?) returning `id` as c0;
insert into `tour_post_tag` (`post_id`, `tag_id`) values (?, ?);
insert into `tour_tag` (`label`) values (?) returning `id` as c0;
select `id` as c0, `created_at` as c1, `updated_at` as c2, `title` as c3, `status` as c4, `views` as c5, `price` as c6, `published` as c7, `meta` as c8, `author_id` as c9 from `tour_post` where `id` = ?;
select `id` as c0, `created_at` as c1, `updated_at` as c2, `title` as c3, `status` as c4, `views` as c5, `price` as c6, `published` as c7, `meta` as c8, `author_id` as c9 from `tour_post` where `id` = ?;
select `code` as c0, `name` as c1 from `tour_country` where `code` = ?;
select `post_id` as c0, `tag_id` as c1 from `tour_post_tag` where `post_id` = ? and `tag_id` = ?;
select `id` as c0, `created_at` as c1, `updated_at` as c2, `title` as c3, `status` as c4, `views` as c5, `price` as c6, `published` as c7, `meta` as c8, `author_id` as c9 from `tour_post` where `status` = ? and (`views` >= ? or `title` like ? escape '!') order by `views` desc limit ?;
select count(*) as c0 from `tour_post` where `published` = ?;
select count(*) as c0 from `tour_post` where `views` > ?;
select `id` as c0, `name` as c1, `email` as c2, `bio` as c3 from `tour_author` where `name` = ? order by `id` limit ?;
select `id` as c0, `name` as c1, `email` as c2, `bio` as c3, `password` as c4 from `tour_author` where `name` = ? order by `id` limit ?;
select `id` as c0, `created_at` as c1, `updated_at` as c2, `title` as c3, `status` as c4, `views` as c5, `price` as c6, `published` as c7, `meta` as c8, `author_id` as c9 from `tour_post` where `author_id` is not null order by `title`;
select count(*) as c0 from `tour_post`;
select `id` as c0, `created_at` as c1, `updated_at` as c2, `title` as c3, `status` as c4, `views` as c5, `price` as c6, `published` as c7, `meta` as c8, `author_id` as c9 from `tour_post` order by `title`, `id` limit ? offset ?;
select `id` as c0, `title` as c1 from `tour_post` order by `title`;
select `title` as c0, `author_id` as c1, `views` * ? as c2 from `tour_post` where `status` = ? order by `title`;
select `title` as c0 from `tour_post` where length(`title`) > ? order by `title`;
select sum(`views`) as c0, avg(`views` * 1e0) as c1, max(`views`) as c2, count(*) as c3 from `tour_post`;
select sum(`price`) as c0 from `tour_post`;
select (case when json_type(json_extract(`meta`, ?)) <> 'NULL' then json_unquote(json_extract(`meta`, ?)) collate utf8mb4_nopad_bin end) as c0 from `tour_post` where `meta` is not null order by `title`;
select distinct `status` as c0 from `tour_post` order by `status`;
select `id` as c0, `name` as c1, `email` as c2, `bio` as c3 from `tour_author` where exists (select 1 from `tour_post` where `tour_post`.`author_id` = `tour_author`.`id` and `tour_post`.`views` > ?);
select `id` as c0, `created_at` as c1, `updated_at` as c2, `title` as c3, `status` as c4, `views` as c5, `price` as c6, `published` as c7, `meta` as c8, `author_id` as c9 from `tour_post` where `author_id` in (select `tour_author`.`id` from `tour_author` where `tour_author`.`bio` is not null) order by `title`;
select count(*) as c0 from `tour_post` where `author_id` is null;
select `tour_post`.`title` as c0, `tour_author`.`id` as c1, `tour_author`.`name` as c2 from `tour_post` left join `tour_author` on `tour_post`.`author_id` = `tour_author`.`id` where `tour_author`.`name` <> ? or `tour_post`.`author_id` is null order by `tour_post`.`title`;
select `tour_post`.`id` as c0, `tour_post`.`created_at` as c1, `tour_post`.`updated_at` as c2, `tour_post`.`title` as c3, `tour_post`.`status` as c4, `tour_post`.`views` as c5, `tour_post`.`price` as c6, `tour_post`.`published` as c7, `tour_post`.`meta` as c8, `tour_post`.`author_id` as c9, `tour_author`.`id` as c10, `tour_author`.`name` as c11, `tour_author`.`email` as c12, `tour_author`.`bio` as c13 from `tour_post` join `tour_author` on `tour_post`.`author_id` = `tour_author`.`id` where `tour_post`.`title` = ? order by `tour_post`.`title`;
select `tour_post`.`title` as c0, `tour_post_2`.`title` as c1 from `tour_post` join `tour_post` as `tour_post_2` on `tour_post`.`views` < `tour_post_2`.`views` order by `tour_post`.`title`, `tour_post_2`.`title`;
select `author_id` as c0, count(`id`) as c1 from `tour_post` group by `author_id` having count(`id`) >= ?;
select `title` as c0, row_number() over (partition by `author_id` order by `views` desc, `id`) as c1, (case when count(*) over (order by `id` rows between 1 preceding and 1 preceding) = 0 then ? else lag(`views`, 1) over (order by `id`) end) as c2, avg(`views` * 1e0) over (order by `id` rows between 1 preceding and current row) as c3, case when `views` >= ? then (cast(? as char character set utf8mb4) collate utf8mb4_nopad_bin) when `views` >= ? then ? else ? end as c4, upper(`title`) as c5 from `tour_post` order by `title`;
select `id` as c0, `created_at` as c1, `updated_at` as c2, `title` as c3, `status` as c4, `views` as c5, `price` as c6, `published` as c7, `meta` as c8, `author_id` as c9 from `tour_post` where `title` = ? limit ?;
select `id` as c0, `name` as c1, `email` as c2, `bio` as c3 from `tour_author` where `id` = ? order by `id` limit ?;
insert into `tour_comment` (`text`, `post_id`, `parent_id`) values (?, ?, ?) returning `id` as c0;
insert into `tour_comment` (`text`, `post_id`, `parent_id`) values (?, ?, ?) returning `id` as c0;
insert into `tour_comment` (`text`, `post_id`, `parent_id`) values (?, ?, ?) returning `id` as c0;
insert into `tour_tag` (`label`) values (?) returning `id` as c0;
insert into `tour_post_tag` (`post_id`, `tag_id`) values (?, ?) on duplicate key update `post_id` = `post_id`;
select `tour_post`.`id` as c0, `tour_post`.`created_at` as c1, `tour_post`.`updated_at` as c2, `tour_post`.`title` as c3, `tour_post`.`status` as c4, `tour_post`.`views` as c5, `tour_post`.`price` as c6, `tour_post`.`published` as c7, `tour_post`.`meta` as c8, `tour_post`.`author_id` as c9 from `tour_post` left join `tour_author` on `tour_author`.`id` = `tour_post`.`author_id` where `tour_author`.`name` like ? escape '!' and exists (select 1 from `tour_comment` where `tour_comment`.`post_id` = `tour_post`.`id` and `tour_comment`.`text` like ? escape '!') order by `tour_post`.`title`;
select `id` as c0, `name` as c1, `email` as c2, `bio` as c3 from `tour_author` where `id` in (?);
select `tour_tag`.`id` as c0, `tour_tag`.`label` as c1, `tour_post_tag`.`post_id` as c2 from `tour_tag` join `tour_post_tag` on `tour_post_tag`.`tag_id` = `tour_tag`.`id` where `tour_post_tag`.`post_id` in (?);
select `id` as c0, `name` as c1, `email` as c2, `bio` as c3, (select count(*) from `tour_post` where `tour_post`.`author_id` = `tour_author`.`id`) as c4, (select sum(`tour_post`.`views`) from `tour_post` where `tour_post`.`author_id` = `tour_author`.`id`) as c5 from `tour_author` order by `id`;
with `rich` (`author_id`, `views`) as (select `author_id`, `views` from `tour_post` where `views` >= ?) select `tour_author`.`name` as c0, `rich`.`views` as c1 from `tour_author` join `rich` on `rich`.`author_id` = `tour_author`.`id`;
with recursive `thread` (`id`, `text`) as (select `id`, `text` from `tour_comment` where `parent_id` is null union all select `tour_comment`.`id`, `tour_comment`.`text` from `tour_comment` join `thread` on `tour_comment`.`parent_id` = `thread`.`id`) select `text` as c0 from `thread` order by `id`;
select `title` as c0, `place` as c1 from (select `title`, row_number() over (partition by `status` order by `views` desc, `id`) as `place` from `tour_post`) as `ranked` where `place` = ? order by `title`;
select `name` as c0 from `tour_author` union select `label` from `tour_tag` order by 1 limit ?;
select `views` as c0 from `tour_post` where `title` = ? order by `title` limit ?;
select `views` as c0 from `tour_post` where `title` = ? order by `title` limit ?;
start transaction;
select `id` as c0 from `tour_comment` where `text` = ? for update;
update `tour_comment` set `text` = ? where `text` = ? and `id` in (?);
select `text` as c0 from `tour_comment` where `id` in (?);
commit;
insert into `tour_author` (`name`, `email`, `bio`, `password`) values (?, ?, ?, ?), (?, ?, ?, ?) on duplicate key update `name` = values(`name`) returning `id` as c0, `name` as c1, `email` as c2, `bio` as c3;
select `name` as c0 from `tour_author` order by `id`;
update `tour_post` set `views` = `views` + ?, `published` = ?, `updated_at` = ? where `published` = false;
update `tour_post` set `price` = `price` * cast(? as decimal(65, 2)), `updated_at` = ?;
select `price` as c0 from `tour_post` order by `title`;
start transaction;
select `id` as c0, `created_at` as c1, `updated_at` as c2, `title` as c3, `status` as c4, `views` as c5, `price` as c6, `published` as c7, `meta` as c8, `author_id` as c9 from `tour_post` where `title` = ? limit ? for update;
update `tour_post` set `views` = ?, `updated_at` = ? where `id` = ?;
commit;
start transaction;
delete from `tour_post`;
rollback;
select count(*) as c0 from `tour_post`;
select `id` as c0, `created_at` as c1, `updated_at` as c2, `title` as c3, `status` as c4, `views` as c5, `price` as c6, `published` as c7, `meta` as c8, `author_id` as c9 from `tour_post` where `title` = ? limit ?;
delete from `tour_post` where `id` = ?;
select title from tour_post where views > ? order by title;
drop table `tour_country`;
drop table `tour_comment`;
drop table `tour_post_tag`;
drop table `tour_tag`;
drop table `tour_post`;
drop table `tour_author`;
