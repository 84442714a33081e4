//! The rules of docs/STYLE.md that the system catalogue can be asked about. Each query returns what breaks a rule.

use sqlx::PgPool;
use testkit::TestDb;

const OURS: &str = "('auth', 'catalog', 'cart', 'checkout', 'orders', 'search')";

async fn offenders(pool: &PgPool, sql: &str) -> Vec<String> {
    let sql = sql.replace("{ours}", OURS);
    sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_all(pool)
        .await
        .expect("the catalogue answers")
}

#[tokio::test]
async fn every_object_keeps_the_rules() {
    let rules = [
        ("a table has a primary key", "
            select c.oid::regclass::text from pg_class c
             where c.relnamespace::regnamespace::text in {ours} and c.relkind = 'r'
               and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'p')"),
        ("a table says when a row was made", "
            select c.oid::regclass::text from pg_class c
             where c.relnamespace::regnamespace::text in {ours} and c.relkind = 'r'
               and not exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'created_at')"),
        ("a foreign key is indexed", "
            select k.conname || ' on ' || k.conrelid::regclass from pg_constraint k
             where k.connamespace::regnamespace::text in {ours} and k.contype = 'f'
               and not exists (select from pg_index i where i.indrelid = k.conrelid
                                and (i.indkey::int2[])[0:array_length(k.conkey, 1) - 1] @> k.conkey)"),
        ("a foreign key stays inside its schema", "
            select k.conname from pg_constraint k join pg_class t on t.oid = k.confrelid
             where k.connamespace::regnamespace::text in {ours} and k.contype = 'f' and t.relnamespace <> k.connamespace"),
        ("an object belongs to its schema's owner", "
            select c.oid::regclass::text from pg_class c
             where c.relnamespace::regnamespace::text in {ours}
               and c.relowner::regrole::text <> 'techmart_' || c.relnamespace::regnamespace || '_owner'
            union all
            select p.oid::regprocedure::text from pg_proc p
             where p.pronamespace::regnamespace::text in {ours}
               and p.proowner::regrole::text <> 'techmart_' || p.pronamespace::regnamespace || '_owner'"),
        ("a function fixes its search path", "
            select p.oid::regprocedure::text from pg_proc p
             where p.pronamespace::regnamespace::text in {ours}
               and (p.proconfig is null or not 'search_path=pg_catalog, pg_temp' = any (p.proconfig))"),
        ("nobody may run a function by default", "
            select p.oid::regprocedure::text from pg_proc p
             where p.pronamespace::regnamespace::text in {ours}
               and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee = 0))"),
        ("a function that is granted has a version in its name and runs as its owner", "
            select p.oid::regprocedure::text from pg_proc p
             where p.pronamespace::regnamespace::text in {ours}
               and exists (select from aclexplode(p.proacl) a where a.grantee <> p.proowner)
               and (p.proname !~ '_v[0-9]+$' or (not p.prosecdef and p.provolatile <> 'i'))"),
        ("a money column is a bigint", "
            select a.attrelid::regclass || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
             where c.relnamespace::regnamespace::text in {ours} and c.relkind = 'r'
               and a.attname like '%\\_minor' and a.atttypid <> 'bigint'::regtype"),
        ("a moment has a time zone", "
            select a.attrelid::regclass || '.' || a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
             where c.relnamespace::regnamespace::text in {ours} and c.relkind = 'r'
               and a.attname like '%\\_at' and a.atttypid <> 'timestamptz'::regtype"),
        ("no service may use another's tables", "
            select g.grantee || ' on ' || g.table_schema || '.' || g.table_name from information_schema.role_table_grants g
             where g.table_schema in {ours} and g.grantee <> 'techmart_' || g.table_schema
               and g.grantee <> 'techmart_' || g.table_schema || '_owner'"),
        ("a constraint's name says its table and its kind", "
            select k.conname || ' on ' || k.conrelid::regclass from pg_constraint k join pg_class t on t.oid = k.conrelid
             where k.connamespace::regnamespace::text in {ours}
               and not (starts_with(k.conname, t.relname || '_') and k.conname like case k.contype
                 when 'p' then '%\\_pkey' when 'f' then '%\\_fkey' when 'u' then '%\\_key' when 'c' then '%\\_check' end)"),
        ("a table is named in the singular", "
            select c.oid::regclass::text from pg_class c
             where c.relnamespace::regnamespace::text in {ours} and c.relkind = 'r' and c.relname ~ '[^s]s$' and c.relname !~ 'series$'"),
        ("a ledger is append-only for its service", "
            select g.table_schema || '.' || g.table_name || ' ' || g.privilege_type from information_schema.role_table_grants g
             where g.table_name in ('stock_movement', 'timeline', 'order_line', 'saga_step', 'audit_log', 'ledger_transfer', 'note', 'invoice')
               and g.grantee = 'techmart_' || g.table_schema and g.privilege_type in ('UPDATE', 'DELETE', 'TRUNCATE')"),
    ];
    let db = TestDb::new().await;
    let pool = db.admin_pool().await;
    for (rule, sql) in rules {
        let found = offenders(&pool, sql).await;
        assert!(found.is_empty(), "{rule}: {found:#?}");
    }
}

#[tokio::test]
async fn a_service_is_refused_another_services_tables_and_functions() {
    let db = TestDb::new().await;
    let checkout = db.pool("checkout", 1).await;
    for forbidden in [
        "select 1 from catalog.product",
        "select 1 from auth.user_account",
        "delete from checkout.saga_step",
        "select catalog.sweep_reservations_v1(now(), 1)",
        "select catalog.move_stock(null, null, 0::smallint, '', 0, 0, 0, null, null, '')",
        "create table checkout.own (id int)",
    ] {
        let error = sqlx::query(forbidden)
            .execute(&checkout)
            .await
            .expect_err(forbidden);
        let code = error
            .as_database_error()
            .and_then(|e| e.code().map(std::borrow::Cow::into_owned));
        assert_eq!(code.as_deref(), Some("42501"), "{forbidden}");
    }
    sqlx::query("select * from catalog.quote_v1('{}', 'USD')")
        .execute(&checkout)
        .await
        .expect("what was granted works");
}
