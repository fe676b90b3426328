// Counts the words of its input, or of a sentence of its own.
#include <algorithm>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

int main() {
    std::map<std::string, int> counts;
    auto read = [&](std::istream& in) {
        for (std::string word; in >> word;) ++counts[word];
    };
    read(std::cin);
    if (counts.empty()) {
        std::istringstream sentence{"the quick brown fox jumps over the lazy dog the end"};
        read(sentence);
    }
    std::vector<std::pair<std::string, int>> words(counts.begin(), counts.end());
    std::ranges::stable_sort(words, [](auto& a, auto& b) { return a.second > b.second; });
    for (auto& [word, count] : words) std::cout << count << ' ' << word << '\n';
}
