/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rule/outage.h"

#define MAX_NODES 24
#define MAX_EDGES 64

enum { U = HEALTH_UP, S = HEALTH_SUSPECT, D = HEALTH_DOWN, X = HEALTH_UNKNOWN };

struct street {
    struct outage_node nodes[MAX_NODES];
    struct outage_edge edges[MAX_EDGES];
    size_t n_nodes, n_edges;
};

static void node(struct street *s, int64_t id, int health)
{
    s->nodes[s->n_nodes++] = (struct outage_node){id, (enum outage_health)health};
}

static void feed(struct street *s, int64_t down, int64_t up)
{
    s->edges[s->n_edges++] = (struct outage_edge){down, up};
}

static size_t groups_of(struct arena *a, const struct street *s, const struct outage_group **out)
{
    size_t n;
    outage_groups(a, s->nodes, s->n_nodes, s->edges, s->n_edges, out, &n);
    return n;
}

/* All groups as text, e.g. "5*!:5,7,9 12:12": * inferred, ! wait. */
static const char *picture(struct arena *a, const struct street *s)
{
    const struct outage_group *g;
    size_t n = groups_of(a, s, &g);
    const char *text = "";
    for (size_t i = 0; i < n; i++) {
        text = arena_printf(a, "%s%s%" PRId64 "%s%s", text, i ? " " : "", g[i].root,
                            g[i].inferred ? "*" : "", g[i].wait ? "!" : "");
        for (size_t k = 0; k < g[i].n_affected; k++)
            text = arena_printf(a, "%s%c%" PRId64, text, k ? ',' : ':', g[i].affected[k]);
    }
    return text;
}

static uint64_t shuffle_seed = 7;

static size_t random_below(size_t n)
{
    shuffle_seed = shuffle_seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)((shuffle_seed >> 33) % n);
}

static void shuffle(struct street *s)
{
    for (size_t i = s->n_nodes; i > 1; i--) {
        size_t k = random_below(i);
        struct outage_node t = s->nodes[i - 1];
        s->nodes[i - 1] = s->nodes[k];
        s->nodes[k] = t;
    }
    for (size_t i = s->n_edges; i > 1; i--) {
        size_t k = random_below(i);
        struct outage_edge t = s->edges[i - 1];
        s->edges[i - 1] = s->edges[k];
        s->edges[k] = t;
    }
}

static void expect(struct street s, const char *want)
{
    struct arena *a = arena_new();
    for (int i = 0; i < 50; i++) {
        assert_string_equal(picture(a, &s), want);
        shuffle(&s);
    }
    arena_free(a);
}

static void switch_with_20_cameras(struct street *s, int switch_health, int camera_health)
{
    node(s, 1, U);
    node(s, 2, switch_health);
    feed(s, 2, 1);
    for (int64_t id = 101; id <= 120; id++) {
        node(s, id, camera_health);
        feed(s, id, 2);
    }
}

#define TWENTY "101,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120"

static void a_dead_switch_with_20_dark_cameras_is_one_group_in_any_order(void **state)
{
    (void)state; /* golden scenario 6 */
    struct street s = {0};
    switch_with_20_cameras(&s, D, D);
    expect(s, "2:2," TWENTY);
}

static void whichever_camera_goes_dark_first_all_end_in_one_group(void **state)
{
    (void)state;
    struct arena *a = arena_new();
    struct street s = {0};
    switch_with_20_cameras(&s, U, U);
    size_t order[21];
    for (size_t i = 0; i < 21; i++)
        order[i] = i + 1;
    for (int round = 0; round < 20; round++) {
        struct street now = s;
        for (size_t i = 21; i > 1; i--) {
            size_t k = random_below(i), t = order[i - 1];
            order[i - 1] = order[k];
            order[k] = t;
        }
        for (size_t i = 0; i < 21; i++) {
            now.nodes[order[i]].health = HEALTH_DOWN;
            const struct outage_group *g;
            size_t n = groups_of(a, &now, &g), total = 0;
            for (size_t k = 0; k < n; k++)
                total += g[k].n_affected;
            assert_int_equal(total, i + 1);
            assert_int_equal(n, now.nodes[1].health == HEALTH_DOWN ? 1 : i + 1);
        }
        assert_string_equal(picture(a, &now), "2:2," TWENTY);
    }
    arena_free(a);
}

static void nothing_dark_gives_no_group(void **state)
{
    (void)state;
    struct street s = {0};
    switch_with_20_cameras(&s, U, U);
    expect(s, "");
    struct street empty = {0};
    expect(empty, "");
}

static void a_camera_alone_is_its_own_group(void **state)
{
    (void)state;
    struct street s = {0};
    switch_with_20_cameras(&s, U, U);
    s.nodes[5].health = HEALTH_DOWN;
    expect(s, "104:104");
    struct street lone = {0};
    node(&lone, 9, D);
    expect(lone, "9:9");
}

static void a_dead_switch_whose_cameras_have_not_missed_yet_is_a_group_of_one(void **state)
{
    (void)state;
    struct street s = {0};
    switch_with_20_cameras(&s, D, U);
    expect(s, "2:2");
}

static void a_suspect_switch_above_makes_its_dark_cameras_wait(void **state)
{
    (void)state;
    struct street s = {0};
    switch_with_20_cameras(&s, S, U);
    s.nodes[2].health = HEALTH_DOWN;
    s.nodes[9].health = HEALTH_DOWN;
    expect(s, "101!:101 108!:108");
}

static void a_suspect_core_above_makes_the_group_of_the_switch_wait(void **state)
{
    (void)state;
    struct street s = {0};
    switch_with_20_cameras(&s, D, D);
    s.nodes[0].health = HEALTH_SUSPECT;
    expect(s, "2!:2," TWENTY);
}

static void suspicion_is_seen_through_an_unwatched_box(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, S);
    node(&s, 2, X);
    node(&s, 3, D);
    feed(&s, 2, 1);
    feed(&s, 3, 2);
    expect(s, "3!:3");
}

static void a_suspect_camera_below_a_dead_switch_changes_nothing(void **state)
{
    (void)state;
    struct street s = {0};
    switch_with_20_cameras(&s, D, D);
    s.nodes[2].health = HEALTH_SUSPECT;
    expect(s, "2:2,102,103,104,105,106,107,108,109,110,111,112,113,114,115,116,117,118,119,120");
}

static void nested_switches_are_one_group_below_the_highest(void **state)
{
    (void)state;
    struct street s = {0};
    for (int64_t id = 1; id <= 4; id++)
        node(&s, id, id == 1 ? U : D);
    feed(&s, 2, 1);
    feed(&s, 3, 2);
    feed(&s, 4, 3);
    expect(s, "2:2,3,4");
}

static void two_dead_switches_under_a_living_core_are_two_groups(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, U);
    node(&s, 2, D);
    node(&s, 3, D);
    node(&s, 20, D);
    node(&s, 30, D);
    feed(&s, 2, 1);
    feed(&s, 3, 1);
    feed(&s, 20, 2);
    feed(&s, 30, 3);
    expect(s, "2:2,20 3:3,30");
}

static void redundant_feeds_explain_a_node_only_when_all_are_dark(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, D);
    node(&s, 2, U);
    node(&s, 3, D);
    feed(&s, 3, 1);
    feed(&s, 3, 2);
    expect(s, "1:1 3:3");
    s.nodes[1].health = HEALTH_DOWN;
    expect(s, "1:1,3 2:2");
    s.nodes[1].health = HEALTH_SUSPECT;
    expect(s, "1:1 3!:3");
}

static void redundant_feeds_with_one_cause_above_are_one_group(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, D);
    node(&s, 2, D);
    node(&s, 3, D);
    node(&s, 4, D);
    feed(&s, 2, 1);
    feed(&s, 3, 1);
    feed(&s, 4, 2);
    feed(&s, 4, 3);
    expect(s, "1:1,2,3,4");
}

static void an_unwatched_box_with_all_children_dark_is_the_inferred_root(void **state)
{
    (void)state;
    struct street s = {0};
    switch_with_20_cameras(&s, X, D);
    expect(s, "2*:2," TWENTY);
}

static void one_child_alone_is_the_root_itself(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, X);
    node(&s, 2, D);
    feed(&s, 2, 1);
    expect(s, "2:2");
}

static void a_living_child_proves_the_unwatched_box_alive(void **state)
{
    (void)state;
    struct street s = {0};
    switch_with_20_cameras(&s, X, D);
    s.nodes[21].health = HEALTH_UP;
    s.nodes[20].health = HEALTH_UP;
    for (size_t i = 4; i < 20; i++)
        s.nodes[i].health = HEALTH_UP;
    expect(s, "101:101 102:102");
}

static void children_of_an_unwatched_box_wait_while_one_is_undecided(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, X);
    node(&s, 2, D);
    node(&s, 3, D);
    node(&s, 4, S);
    for (int64_t id = 2; id <= 4; id++)
        feed(&s, id, 1);
    expect(s, "2!:2 3!:3");
    s.nodes[3].health = HEALTH_DOWN;
    expect(s, "1*:1,2,3,4");
    s.nodes[3].health = HEALTH_UP;
    expect(s, "2:2 3:3");
}

static void an_unknown_child_says_nothing_about_its_box(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, X);
    node(&s, 2, D);
    node(&s, 3, D);
    node(&s, 4, X);
    for (int64_t id = 2; id <= 4; id++)
        feed(&s, id, 1);
    expect(s, "1*:1,2,3");
}

static void an_unwatched_box_between_dark_nodes_is_looked_through(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, D);
    node(&s, 2, X);
    node(&s, 3, X);
    node(&s, 4, D);
    feed(&s, 2, 1);
    feed(&s, 3, 2);
    feed(&s, 4, 3);
    expect(s, "1:1,4");
}

static void inferred_boxes_below_an_unwatched_core_make_the_core_the_root(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, X);
    for (int64_t box = 10; box <= 20; box += 10) {
        node(&s, box, X);
        feed(&s, box, 1);
        for (int64_t id = box + 1; id <= box + 2; id++) {
            node(&s, id, D);
            feed(&s, id, box);
        }
    }
    expect(s, "1*:1,11,12,21,22");
    s.nodes[6].health = HEALTH_UP; /* 22 lives, so 20 and 1 live */
    expect(s, "10*:10,11,12 21:21");
}

static void an_inferred_box_below_a_dead_switch_belongs_to_the_switch(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, D);
    node(&s, 2, X);
    node(&s, 3, D);
    node(&s, 4, D);
    feed(&s, 2, 1);
    feed(&s, 3, 2);
    feed(&s, 4, 2);
    expect(s, "1:1,3,4");
}

static void an_inferred_box_below_a_living_switch_is_a_root(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, U);
    node(&s, 2, X);
    node(&s, 3, D);
    node(&s, 4, D);
    feed(&s, 2, 1);
    feed(&s, 3, 2);
    feed(&s, 4, 2);
    expect(s, "2*:2,3,4");
}

static void an_unwatched_power_box_does_not_split_the_group_of_a_dead_switch(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, D);
    node(&s, 5, X);
    for (int64_t id = 11; id <= 13; id++) {
        node(&s, id, D);
        feed(&s, id, 1);
        feed(&s, id, 5);
    }
    expect(s, "1:1,11,12,13");
}

static void a_living_child_with_another_feed_proves_nothing(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, D);
    node(&s, 2, X);
    node(&s, 3, D);
    node(&s, 4, U);
    node(&s, 5, U);
    feed(&s, 2, 1);
    feed(&s, 3, 2);
    feed(&s, 4, 2);
    feed(&s, 4, 5);
    expect(s, "1:1,3");
}

static void rings_end_and_have_their_smallest_node_as_root(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, D); /* a camera with a smaller id than the ring's switches */
    node(&s, 5, D);
    node(&s, 6, D);
    node(&s, 7, D);
    feed(&s, 5, 6);
    feed(&s, 6, 7);
    feed(&s, 7, 5);
    feed(&s, 1, 6);
    expect(s, "5:1,5,6,7");
}

static void a_ring_below_a_dead_core_belongs_to_the_core(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 9, D);
    node(&s, 5, D);
    node(&s, 6, D);
    feed(&s, 5, 9);
    feed(&s, 5, 6);
    feed(&s, 6, 5);
    expect(s, "9:5,6,9");
    s.nodes[0].health = HEALTH_UP;
    expect(s, "5:5,6");
}

static void a_ring_through_unwatched_boxes_ends(void **state)
{
    (void)state;
    struct street s = {0};
    node(&s, 1, X);
    node(&s, 2, D);
    node(&s, 3, X);
    node(&s, 4, D);
    feed(&s, 1, 4);
    feed(&s, 2, 1);
    feed(&s, 3, 2);
    feed(&s, 4, 3);
    expect(s, "2:2,4");
    struct street unwatched = {0};
    node(&unwatched, 1, X);
    node(&unwatched, 2, X);
    feed(&unwatched, 1, 2);
    feed(&unwatched, 2, 1);
    expect(unwatched, "");
}

static void two_rings_one_above_the_other_are_one_group(void **state)
{
    (void)state;
    struct street s = {0};
    for (int64_t id = 1; id <= 4; id++)
        node(&s, id, D);
    feed(&s, 1, 2);
    feed(&s, 2, 1);
    feed(&s, 1, 3);
    feed(&s, 3, 4);
    feed(&s, 4, 3);
    expect(s, "3:1,2,3,4");
}

static void duplicate_edges_self_edges_and_strange_ids_are_tolerated(void **state)
{
    (void)state;
    struct street s = {0};
    switch_with_20_cameras(&s, D, D);
    feed(&s, 101, 2);
    feed(&s, 101, 2);
    feed(&s, 2, 2);
    feed(&s, 2, 777);
    feed(&s, 778, 2);
    feed(&s, INT64_MIN, INT64_MAX);
    expect(s, "2:2," TWENTY);
}

static struct street random_street(void)
{
    struct street s = {0};
    size_t n = 2 + random_below(MAX_NODES - 2), m = random_below(MAX_EDGES - 1);
    for (size_t i = 0; i < n; i++) {
        static const int healths[] = {U, U, D, D, D, D, X, X, S};
        node(&s, (int64_t)i + 1, healths[random_below(9)]);
    }
    bool rings = random_below(2) == 0;
    for (size_t i = 0; i < m; i++) {
        int64_t down = 1 + (int64_t)random_below(n), up = 1 + (int64_t)random_below(n);
        if (rings || up < down)
            feed(&s, down, up);
    }
    return s;
}

static enum outage_health health_of(const struct street *s, int64_t id)
{
    for (size_t i = 0; i < s->n_nodes; i++)
        if (s->nodes[i].id == id)
            return s->nodes[i].health;
    return HEALTH_UP;
}

static void check_partition(const struct street *s, const struct outage_group *g, size_t n)
{
    int seen[MAX_NODES + 1] = {0};
    for (size_t i = 0; i < n; i++) {
        bool has_root = false;
        assert_true(i == 0 || g[i].root > g[i - 1].root);
        assert_int_equal(g[i].inferred, health_of(s, g[i].root) == HEALTH_UNKNOWN);
        for (size_t k = 0; k < g[i].n_affected; k++) {
            int64_t id = g[i].affected[k];
            assert_true(k == 0 || id > g[i].affected[k - 1]);
            seen[id]++;
            has_root |= id == g[i].root;
            if (id != g[i].root)
                assert_int_equal(health_of(s, id), HEALTH_DOWN);
        }
        assert_true(has_root);
    }
    for (size_t i = 0; i < s->n_nodes; i++)
        if (s->nodes[i].health == HEALTH_DOWN)
            assert_int_equal(seen[s->nodes[i].id], 1);
}

static void random_streets_give_the_same_groups_in_any_order_and_each_dark_node_once(void **state)
{
    (void)state;
    for (int round = 0; round < 5000; round++) {
        struct arena *a = arena_new();
        struct street s = random_street();
        const struct outage_group *g;
        size_t n = groups_of(a, &s, &g);
        check_partition(&s, g, n);
        const char *first = picture(a, &s);
        for (int i = 0; i < 4; i++) {
            shuffle(&s);
            assert_string_equal(picture(a, &s), first);
        }
        arena_free(a);
    }
}

/* Watched trees only: a dark node's root is the end of the chain of dark nodes above it. */
static void random_watched_trees_agree_with_walking_up_the_chain(void **state)
{
    (void)state;
    for (int round = 0; round < 5000; round++) {
        struct arena *a = arena_new();
        struct street s = {0};
        int64_t parent[MAX_NODES + 1] = {0};
        size_t n = 2 + random_below(MAX_NODES - 2);
        for (size_t i = 1; i <= n; i++) {
            node(&s, (int64_t)i, random_below(2) ? D : U);
            if (i > 1 && random_below(8)) {
                parent[i] = 1 + (int64_t)random_below(i - 1);
                feed(&s, (int64_t)i, parent[i]);
            }
        }
        const struct outage_group *g;
        size_t n_groups = groups_of(a, &s, &g);
        for (size_t i = 0; i < n_groups; i++)
            for (size_t k = 0; k < g[i].n_affected; k++) {
                int64_t id = g[i].affected[k];
                while (parent[id] && health_of(&s, parent[id]) == HEALTH_DOWN)
                    id = parent[id];
                assert_int_equal(id, g[i].root);
                assert_int_equal(g[i].wait, 0);
            }
        check_partition(&s, g, n_groups);
        arena_free(a);
    }
}

static void ten_thousand_nodes_in_a_chain_a_star_and_a_ring_are_one_group_each(void **state)
{
    (void)state;
    enum { N = 10000 };
    struct arena *a = arena_new();
    struct outage_node *nodes = ARENA_NEW(a, struct outage_node, N);
    struct outage_edge *edges = ARENA_NEW(a, struct outage_edge, N * 10);
    for (int shape = 0; shape < 3; shape++) {
        size_t m = 0;
        for (int64_t i = 0; i < N; i++) {
            nodes[i] = (struct outage_node){i + 1, HEALTH_DOWN};
            int64_t up = shape == 1 ? 1 : i;
            if (i > 0 || shape == 2)
                for (int k = 0; k < 10; k++) /* every edge ten times */
                    edges[m++] = (struct outage_edge){i + 1, i > 0 ? up : N};
        }
        const struct outage_group *g;
        size_t n;
        outage_groups(a, nodes, N, edges, m, &g, &n);
        assert_int_equal(n, 1);
        assert_int_equal(g->root, 1);
        assert_int_equal(g->n_affected, N);
    }
    arena_free(a);
}

static void ten_thousand_nodes_of_a_district_give_one_group_per_dead_switch(void **state)
{
    (void)state;
    enum { SWITCHES = 500, CAMERAS = 19 };
    struct arena *a = arena_new();
    size_t n_nodes = 0, n_edges = 0;
    struct outage_node *nodes = ARENA_NEW(a, struct outage_node, 1 + SWITCHES * (CAMERAS + 1));
    struct outage_edge *edges = ARENA_NEW(a, struct outage_edge, SWITCHES * (CAMERAS + 1));
    nodes[n_nodes++] = (struct outage_node){1, HEALTH_UP};
    for (int64_t s = 1; s <= SWITCHES; s++) {
        /* a third dead, a third unwatched above dark cameras, a third in order */
        enum outage_health own = s % 3 == 0 ? HEALTH_DOWN : s % 3 == 1 ? HEALTH_UNKNOWN : HEALTH_UP;
        nodes[n_nodes++] = (struct outage_node){s * 100, own};
        edges[n_edges++] = (struct outage_edge){s * 100, 1};
        for (int64_t c = 1; c <= CAMERAS; c++) {
            nodes[n_nodes++] =
                (struct outage_node){s * 100 + c, s % 3 == 2 ? HEALTH_UP : HEALTH_DOWN};
            edges[n_edges++] = (struct outage_edge){s * 100 + c, s * 100};
        }
    }
    const struct outage_group *g;
    size_t n;
    outage_groups(a, nodes, n_nodes, edges, n_edges, &g, &n);
    assert_int_equal(n, 166 + 167);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(g[i].n_affected, CAMERAS + 1);
        assert_int_equal(g[i].inferred, g[i].root / 100 % 3 == 1);
    }
    arena_free(a);
}

int outage_tests(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dead_switch_with_20_dark_cameras_is_one_group_in_any_order),
        cmocka_unit_test(whichever_camera_goes_dark_first_all_end_in_one_group),
        cmocka_unit_test(nothing_dark_gives_no_group),
        cmocka_unit_test(a_camera_alone_is_its_own_group),
        cmocka_unit_test(a_dead_switch_whose_cameras_have_not_missed_yet_is_a_group_of_one),
        cmocka_unit_test(a_suspect_switch_above_makes_its_dark_cameras_wait),
        cmocka_unit_test(a_suspect_core_above_makes_the_group_of_the_switch_wait),
        cmocka_unit_test(suspicion_is_seen_through_an_unwatched_box),
        cmocka_unit_test(a_suspect_camera_below_a_dead_switch_changes_nothing),
        cmocka_unit_test(nested_switches_are_one_group_below_the_highest),
        cmocka_unit_test(two_dead_switches_under_a_living_core_are_two_groups),
        cmocka_unit_test(redundant_feeds_explain_a_node_only_when_all_are_dark),
        cmocka_unit_test(redundant_feeds_with_one_cause_above_are_one_group),
        cmocka_unit_test(an_unwatched_box_with_all_children_dark_is_the_inferred_root),
        cmocka_unit_test(one_child_alone_is_the_root_itself),
        cmocka_unit_test(a_living_child_proves_the_unwatched_box_alive),
        cmocka_unit_test(children_of_an_unwatched_box_wait_while_one_is_undecided),
        cmocka_unit_test(an_unknown_child_says_nothing_about_its_box),
        cmocka_unit_test(an_unwatched_box_between_dark_nodes_is_looked_through),
        cmocka_unit_test(inferred_boxes_below_an_unwatched_core_make_the_core_the_root),
        cmocka_unit_test(an_inferred_box_below_a_dead_switch_belongs_to_the_switch),
        cmocka_unit_test(an_inferred_box_below_a_living_switch_is_a_root),
        cmocka_unit_test(an_unwatched_power_box_does_not_split_the_group_of_a_dead_switch),
        cmocka_unit_test(a_living_child_with_another_feed_proves_nothing),
        cmocka_unit_test(rings_end_and_have_their_smallest_node_as_root),
        cmocka_unit_test(a_ring_below_a_dead_core_belongs_to_the_core),
        cmocka_unit_test(a_ring_through_unwatched_boxes_ends),
        cmocka_unit_test(two_rings_one_above_the_other_are_one_group),
        cmocka_unit_test(duplicate_edges_self_edges_and_strange_ids_are_tolerated),
        cmocka_unit_test(random_streets_give_the_same_groups_in_any_order_and_each_dark_node_once),
        cmocka_unit_test(random_watched_trees_agree_with_walking_up_the_chain),
        cmocka_unit_test(ten_thousand_nodes_in_a_chain_a_star_and_a_ring_are_one_group_each),
        cmocka_unit_test(ten_thousand_nodes_of_a_district_give_one_group_per_dead_switch),
    };
    return cmocka_run_group_tests_name("outage", tests, NULL, NULL);
}
