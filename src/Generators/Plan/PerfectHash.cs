using Prebake.Shared;

namespace Prebake.Generators.Plan;

/// <summary>
/// A hash without collisions for keys that are known: keys fall into buckets, and each bucket gets the shift under which all of its
/// keys land in free slots, big buckets first ("hash, displace and compress").
/// </summary>
/// <param name="Salt">Of the hash, as are the two windows.</param>
/// <param name="Slots">How many slots there are without the shifts.</param>
/// <param name="Shifts">The shift of each bucket.</param>
/// <param name="Keys">The key in each slot, or −1.</param>
internal sealed record PerfectHash(int Salt, int Window, int Second, int Slots, byte[] Shifts, int[] Keys)
{
    /// <summary>What the slot of a key holds beside it.</summary>
    public int CheckOf(byte[] text, int node) => PathHash.Check(PathHash.Mix(PathHash.Words(text, node, Window, Second), Salt), text.Length);

    // A shift is a character of a literal that takes one byte. With a quarter of the slots free a last key needs four tries.
    private const int MostShift = 127;

    /// <param name="keys">The keys, each with the node that tells it from equal keys elsewhere.</param>
    public static PerfectHash Of(IReadOnlyList<(byte[] Text, int Node)> keys)
    {
        (int window, int second) = WindowsOf(keys);
        ulong[] words = keys.Select(key => PathHash.Words(key.Text, key.Node, window, second)).ToArray();

        int slots = Math.Max(1, words.Length + (words.Length / 4));
        // At least 8: they lie in front of the texts, and the last eight bytes of the shortest are read as one word
        int buckets = 8;
        while (buckets * 3 < words.Length) buckets *= 2;

        // Two keys of one bucket that hash to one slot are never parted by a shift: about one salt in three has no such pair
        for (int salt = 1; ; salt++)
            if (TryPlace(words, salt, slots, new byte[buckets]) is { } found)
                return found with { Window = window, Second = second };
    }

    /// <summary>As few windows as tell all keys apart, each the one that tells the most apart of those that were equal.</summary>
    private static (int Window, int Second) WindowsOf(IReadOnlyList<(byte[] Text, int Node)> keys)
    {
        IReadOnlyList<(byte[] Text, int Node)> equal = Equal(keys, PathHash.None, PathHash.None);
        if (equal.Count == 0) return (PathHash.None, PathHash.None);

        int window = Best(equal, at => (at, PathHash.None));
        equal = Equal(keys, window, PathHash.None);
        if (equal.Count == 0) return (window, PathHash.None);

        int second = Best(equal, at => (window, at));
        return Equal(keys, window, second).Count == 0 ? (window, second) : (PathHash.Whole, PathHash.None);
    }

    private static int Best(IReadOnlyList<(byte[] Text, int Node)> keys, Func<int, (int Window, int Second)> windowsAt)
    {
        int longest = keys.Max(key => key.Text.Length), best = 0, most = 0;
        for (int at = 0; at <= longest - 8 && most < keys.Count; at++)
        {
            (int window, int second) = windowsAt(at);
            int count = new HashSet<ulong>(keys.Select(key => PathHash.Words(key.Text, key.Node, window, second))).Count;
            if (count > most) (best, most) = (at, count);
        }

        return best;
    }

    /// <summary>The keys that have another's words under these windows.</summary>
    private static IReadOnlyList<(byte[] Text, int Node)> Equal(IReadOnlyList<(byte[] Text, int Node)> keys, int window, int second) => keys
        .GroupBy(key => PathHash.Words(key.Text, key.Node, window, second))
        .Where(group => group.Count() > 1)
        .SelectMany(group => group)
        .ToList();

    private static PerfectHash? TryPlace(ulong[] words, int salt, int slots, byte[] shifts)
    {
        ulong[] hashes = words.Select(word => PathHash.Mix(word, salt)).ToArray();
        var placed = new int[slots + MostShift];
        for (int i = 0; i < placed.Length; i++) placed[i] = -1;

        int highest = 0;
        foreach (List<int> bucket in BucketsOf(hashes, shifts.Length))
        {
            int shift = 0;
            while (shift <= MostShift && !TryPlace(bucket, hashes, shift, slots, placed)) shift++;
            if (shift > MostShift) return null;

            shifts[PathHash.Bucket(hashes[bucket[0]], shifts.Length)] = (byte)shift;
            highest = Math.Max(highest, shift);
        }

        Array.Resize(ref placed, slots + highest);
        return new PerfectHash(salt, PathHash.None, PathHash.None, slots, shifts, placed);
    }

    /// <summary>The keys of each bucket that has any, big ones first.</summary>
    private static IEnumerable<List<int>> BucketsOf(ulong[] hashes, int count)
    {
        var buckets = new List<int>?[count];
        for (int key = 0; key < hashes.Length; key++) (buckets[PathHash.Bucket(hashes[key], count)] ??= []).Add(key);

        return buckets.OfType<List<int>>().OrderByDescending(bucket => bucket.Count).ThenBy(bucket => bucket[0]);
    }

    private static bool TryPlace(List<int> bucket, ulong[] hashes, int shift, int slots, int[] placed)
    {
        for (int i = 0; i < bucket.Count; i++)
        {
            int slot = PathHash.Slot(hashes[bucket[i]], shift, slots);
            if (placed[slot] < 0)
            {
                placed[slot] = bucket[i];
                continue;
            }

            while (--i >= 0) placed[PathHash.Slot(hashes[bucket[i]], shift, slots)] = -1;
            return false;
        }

        return true;
    }
}
