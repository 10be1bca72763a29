using System.Runtime.CompilerServices;
using System.Text;
using Prebake.Routing;
using Prebake.Transports;

namespace Prebake.Tests.Transports;

/// <summary>Bytes that are sent from where they lie live until they have been sent.</summary>
public sealed class OutputLifetimeTests
{
    [Fact]
    public void Parked_output_keeps_the_owner_of_the_memory_that_it_points_to()
    {
        var parked = new ParkedOutput();
        WeakReference owner = Park(parked);

        Collect();
        Assert.True(owner.IsAlive, "the bytes had no owner any more while they were waiting to be sent");
        Assert.True(parked.TryPeek(out ReadOnlySpan<byte> bytes));
        Assert.Equal(40_000 - 10, bytes.Length);
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)7));

        parked.Release();
        Collect();
        Assert.False(owner.IsAlive, "what has been sent is kept for nothing");
    }

    [Fact]
    public void Bytes_that_many_send_count_once_as_long_as_somebody_has_not_taken_them_all()
    {
        var shared = new Shared(new byte[1000]);
        ParkedOutput first = new(), second = new();
        first.Copy(new byte[10]);
        first.Add(Segment.OfShared(shared).From(400));
        first.Copy(new byte[20]);
        second.Add(Segment.OfShared(shared));
        Assert.Equal((1000, true), (shared.Kept, shared.IsHeld));
        Assert.Equal((630, 600), (first.Length, first.SharedLength));
        Assert.Equal((1000, 1000), (second.Length, second.SharedLength));

        first.Advance(10);
        first.Advance(599);
        Assert.Equal((21, 1), (first.Length, first.SharedLength));
        second.Release();
        Assert.Equal((0, 0), (second.Length, second.SharedLength));
        Assert.Equal(1000, shared.Kept);

        first.Advance(1);
        Assert.Equal((20, 0), (first.Length, first.SharedLength));
        Assert.Equal((0, false), (shared.Kept, shared.IsHeld));
        first.Release();
    }

    private sealed class Shared(byte[] bytes) : SharedBytes(bytes)
    {
        public int Kept { get; private set; }

        protected override void Changed(int bytes) => Kept += bytes;
    }

    [Fact]
    public void A_response_of_the_start_names_the_owner_of_its_bytes()
    {
        StaticBlock block = BakedResponse.OfText("member", new string('x', 40_000), 200, "text/plain", true).Block;
        byte[] owner = Assert.IsType<byte[]>(block.Owner);
        Assert.True(owner.AsSpan().Overlaps(block.Response));
    }

    [Fact]
    public void Text_of_a_table_is_pinned_once_and_for_good()
    {
        string text = $"text {Guid.NewGuid()} é";
        byte[] pinned = BakedResponse.Pin(text);
        Assert.Equal(Encoding.UTF8.GetBytes(text), pinned);
        Assert.Same(pinned, BakedResponse.Pin(new string(text)));
        Assert.Equal(Encoding.Latin1.GetBytes(text), BakedResponse.PinParts(text, ""));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Park(ParkedOutput parked)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(40_000, pinned: true);
        bytes.AsSpan().Fill(7);
        var owner = new object[] { bytes };
        parked.Add(Segment.OfFixed(bytes, owner).From(10));
        return new WeakReference(owner);
    }

    private static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
