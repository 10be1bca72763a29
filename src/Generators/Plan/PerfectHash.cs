using Prebake.Routing;

namespace Prebake.Generators.Plan;

/// <summary>
/// Finds a hash without collisions for keys that are known: keys fall into buckets, and each bucket gets the displacement under which
/// all of its keys land in free slots, big buckets first ("hash, displace and compress").
/// </summary>
internal static class PerfectHash
{
    /// <param name="keys">The keys, each with the salt that tells it from equal keys elsewhere.</param>
    /// <returns>Salt, window of the hash, displacement of each bucket, and the key in each slot or −1.</returns>
    public static (uint Salt, int Window, int[] Displacements, int[] Slots) Build(IReadOnlyList<(byte[] Text, Func<uint, uint> Salt)> keys)
    {
        int count = keys.Count;
        int window = WindowOf(keys);
        int slots = Math.Max(1, count + (count / 4));
        int buckets = 1;
        while (buckets * 4 < count) buckets *= 2;

        for (uint salt = 1; ; salt++)
            if (TryBuild(count, slots, buckets, key => PathHash.Of(keys[key].Text, keys[key].Salt(salt), window), out int[] displacements, out int[] placed))
                return (salt, window, displacements, placed);
    }

    /// <summary>The first window under which no two keys have the same hash.</summary>
    private static int WindowOf(IReadOnlyList<(byte[] Text, Func<uint, uint> Salt)> keys)
    {
        int longest = keys.Count == 0 ? 0 : keys.Max(key => key.Text.Length);
        for (int window = 0; window <= longest - 8; window++)
        {
            var seen = new HashSet<ulong>();
            if (keys.All(key => seen.Add(PathHash.Of(key.Text, key.Salt(0), window)))) return window;
        }

        return longest < 8 ? 0 : PathHash.Whole;
    }

    private static bool TryBuild(int count, int slots, int buckets, Func<int, ulong> hashOf, out int[] displacements, out int[] placed)
    {
        displacements = new int[buckets];
        placed = Enumerable.Repeat(-1, slots).ToArray();

        var groups = Enumerable.Range(0, count).Select(key => (Key: key, Hash: hashOf(key)))
            .GroupBy(item => PathHash.Bucket(item.Hash, buckets))
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key);

        foreach (var group in groups)
        {
            (int Key, ulong Hash)[] keys = group.ToArray();
            int displacement = 0;
            // 10,000: with a quarter of the slots free a last key needs four tries; far beyond that two keys are the same
            while (displacement < 10_000 && !TryPlace(keys, displacement, placed)) displacement++;
            if (displacement == 10_000) return false;

            displacements[group.Key] = displacement;
        }

        return true;
    }

    private static bool TryPlace((int Key, ulong Hash)[] keys, int displacement, int[] placed)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            int slot = PathHash.Slot(keys[i].Hash, displacement, placed.Length);
            if (placed[slot] < 0)
            {
                placed[slot] = keys[i].Key;
                continue;
            }

            while (--i >= 0) placed[PathHash.Slot(keys[i].Hash, displacement, placed.Length)] = -1;
            return false;
        }

        return true;
    }
}
