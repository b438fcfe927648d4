#pragma once

#include <algorithm>
#include <utility>
#include <vector>

namespace denoise::ui {

/// Makes `items` equal to `fresh` by removing, moving, inserting and updating single ones, which are told
/// apart by `key`, so that the rows of a model keep their identity. `move(from, to)` moves a row up.
template <class Item, class Key, class Remove, class Move, class Insert, class Update>
void merge_rows(std::vector<Item>& items, std::vector<Item>& fresh, Key key, Remove remove, Move move,
                Insert insert, Update update) {
    for (std::size_t i = items.size(); i-- > 0;)
        if (std::ranges::find(fresh, key(items[i]), key) == fresh.end()) remove(static_cast<int>(i));
    for (std::size_t i = 0; i < fresh.size(); ++i) {
        const int row = static_cast<int>(i);
        const auto known = std::ranges::find(items, key(fresh[i]), key);
        if (known == items.end()) {
            insert(row, std::move(fresh[i]));
            continue;
        }
        if (const int from = static_cast<int>(known - items.begin()); from != row) move(from, row);
        update(row, std::move(fresh[i]));
    }
}

/// Moves an element up to the place `to`.
template <class Item>
void move_up(std::vector<Item>& items, int from, int to) {
    std::rotate(items.begin() + to, items.begin() + from, items.begin() + from + 1);
}

}  // namespace denoise::ui
