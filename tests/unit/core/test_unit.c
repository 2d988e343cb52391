/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of units: who stands below whom. */
#include "base/buf.h"
#include "cases.h"
#include "core/account.h"
#include "mod/asset/asset.h"

static int64_t unit(struct house *h, const char *name, int64_t parent)
{
    const char *up = parent ? arena_printf(CX->a, ",'parent_id':%lld", (long long)parent) : "";
    return made(h, &org_unit_kind, "{'name':'%s','type':'section'%s}", name, up);
}

/* The actor's units by name, in the order of their ids. */
static const char *units_of(struct house *h, const char *login)
{
    struct buf b = {0};
    be(h, login);
    for (int i = 0; i < CX->actor.n_units; i++) {
        assert_true(i == 0 || CX->actor.units[i] > CX->actor.units[i - 1]);
        buf_printf(
            &b, "%s%s", i ? " " : "",
            words(h, "SELECT name FROM org_unit WHERE id = %lld", (long long)CX->actor.units[i]));
    }
    const char *s = arena_strdup(CX->a, buf_text(&b));
    buf_free(&b);
    return s;
}

static void move(struct house *h, int64_t id, const char *parent)
{
    struct row *row;
    be_console(h);
    OK(patch(h, &org_unit_kind, id, &row, "{'rev':%lld,'parent_id':%s}",
             (long long)number(h, "SELECT rev FROM org_unit WHERE id = %lld", (long long)id),
             parent));
}

/* What the tree says, by walking it, against what the closure says. */
static void closure_is_the_tree(struct house *h)
{
    assert_int_equal(number(h, "WITH RECURSIVE up (a, u) AS (SELECT id, id FROM org_unit UNION ALL"
                               " SELECT p.parent_id, up.u FROM up JOIN org_unit p ON p.id = up.a "
                               "WHERE p.parent_id IS NOT NULL)"
                               " SELECT COUNT(*) FROM up"),
                     number(h, "SELECT COUNT(*) FROM org_unit_closure"));
    assert_int_equal(number(h, "WITH RECURSIVE up (a, u) AS (SELECT id, id FROM org_unit UNION ALL"
                               " SELECT p.parent_id, up.u FROM up JOIN org_unit p ON p.id = up.a "
                               "WHERE p.parent_id IS NOT NULL)"
                               " SELECT COUNT(*) FROM up JOIN org_unit_closure c ON c.ancestor_id "
                               "= up.a AND c.unit_id = up.u"),
                     number(h, "SELECT COUNT(*) FROM org_unit_closure"));
}

static void a_person_reaches_the_own_unit_and_all_below(void **state)
{
    struct house *h = *state;
    int64_t street = unit(h, "street", 0), a = unit(h, "a", street), b = unit(h, "b", street);
    unit(h, "a1", a);
    unit(h, "b1", b);
    person(h, "top", "a_section", "street");
    person(h, "mid", "a_section", "a");
    person(h, "leaf", "a_section", "b1");
    person(h, "free", "a_section", NULL);
    assert_string_equal(units_of(h, "top"), "street a b a1 b1");
    assert_string_equal(units_of(h, "mid"), "a a1");
    assert_string_equal(units_of(h, "leaf"), "b1");
    assert_string_equal(units_of(h, "free"), "");
    closure_is_the_tree(h);
}

static void a_moved_unit_takes_everything_below_along(void **state)
{
    struct house *h = *state;
    int64_t street = unit(h, "street", 0), a = unit(h, "a", street), b = unit(h, "b", street);
    int64_t a1 = unit(h, "a1", a), a11 = unit(h, "a11", a1);
    unit(h, "a12", a1);
    person(h, "at-a", "a_section", "a");
    person(h, "at-b", "a_section", "b");
    person(h, "at-a1", "a_section", "a1");
    move(h, a1, arena_printf(CX->a, "%lld", (long long)b));
    assert_string_equal(units_of(h, "at-a"), "a");
    assert_string_equal(units_of(h, "at-b"), "b a1 a11 a12");
    assert_string_equal(units_of(h, "at-a1"), "a1 a11 a12");
    closure_is_the_tree(h);
    move(h, a1, "null");
    assert_string_equal(units_of(h, "at-b"), "b");
    closure_is_the_tree(h);
    move(h, b, arena_printf(CX->a, "%lld", (long long)a11));
    assert_string_equal(units_of(h, "at-a1"), "b a1 a11 a12");
    closure_is_the_tree(h);
}

static void a_unit_cannot_stand_below_itself(void **state)
{
    struct house *h = *state;
    struct row *row;
    int64_t street = unit(h, "street", 0), a = unit(h, "a", street), a1 = unit(h, "a1", a);
    be_console(h);
    REFUSED(patch(h, &org_unit_kind, street, &row, "{'rev':1,'parent_id':%lld}", (long long)a1),
            RC_INVALID, "parent_id");
    REFUSED(patch(h, &org_unit_kind, a, &row, "{'rev':1,'parent_id':%lld}", (long long)a),
            RC_INVALID, "parent_id");
    closure_is_the_tree(h);
}

static void another_change_of_a_unit_leaves_the_tree_alone(void **state)
{
    struct house *h = *state;
    struct row *row;
    int64_t street = unit(h, "street", 0), a = unit(h, "a", street);
    be_console(h);
    OK(patch(h, &org_unit_kind, a, &row, "{'rev':1,'name':'c'}"));
    closure_is_the_tree(h);
    assert_int_equal(number(h, "SELECT COUNT(*) FROM org_unit_closure"), 3);
}

static void assets_of_another_unit_are_not_there(void **state)
{
    struct house *h = *state;
    struct row *row;
    int64_t street = unit(h, "street", 0), a = unit(h, "a", street), b = unit(h, "b", street);
    long long class = (long long)number(h, "SELECT id FROM asset_class WHERE code = 'computer'");
    int64_t mine =
        made(h, &asset_kind, "{'asset_no':'A-1','name':'甲机','class_id':%lld,'org_unit_id':%lld}",
             class, (long long)a);
    int64_t theirs =
        made(h, &asset_kind, "{'asset_no':'B-1','name':'乙机','class_id':%lld,'org_unit_id':%lld}",
             class, (long long)b);
    int64_t none = made(h, &asset_kind, "{'asset_no':'C-1','name':'丙机','class_id':%lld}", class);
    person(h, "clerk", "a_clerk", "a");
    person(h, "lost", "a_clerk", NULL);
    be(h, "clerk");
    OK(record_get(CX, &asset_kind, mine, &row));
    assert_int_equal(record_get(CX, &asset_kind, theirs, &row), RC_NOT_FOUND);
    assert_int_equal(record_get(CX, &asset_kind, none, &row), RC_NOT_FOUND);
    assert_int_equal(count(h, &asset_kind, ""), 1);
    be(h, "lost");
    assert_int_equal(count(h, &asset_kind, ""), 0);
}

static void a_unit_is_retired_when_nothing_belongs_to_it(void **state)
{
    struct house *h = *state;
    int64_t street = unit(h, "street", 0), a = unit(h, "a", street);
    person(h, "clerk", "a_clerk", "a");
    be_console(h);
    REFUSED(retire(h, &org_unit_kind, street), RC_CONFLICT, "");
    REFUSED(retire(h, &org_unit_kind, a), RC_CONFLICT, "");
    OK(retire(h, &user_kind, number(h, "SELECT id FROM account WHERE login = 'clerk'")));
    OK(retire(h, &org_unit_kind, a));
    OK(retire(h, &org_unit_kind, street));
}

void unit_cases(struct cases *c)
{
    ON_BOTH(c, a_unit_is_retired_when_nothing_belongs_to_it);
    ON_BOTH(c, a_person_reaches_the_own_unit_and_all_below);
    ON_BOTH(c, a_moved_unit_takes_everything_below_along);
    ON_BOTH(c, a_unit_cannot_stand_below_itself);
    ON_BOTH(c, another_change_of_a_unit_leaves_the_tree_alone);
    ON_BOTH(c, assets_of_another_unit_are_not_there);
}
